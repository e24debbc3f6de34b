"""The member's statement."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.people import queries as people
from xinglin.timebank import queries, rules

PAGE = 30


@require_GET
@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One's own minutes: what is free, held and used, and each entry with the balance after it."""
    person = people.person_of(request.user)
    only = request.GET.get("only") if request.GET.get("only") in queries.FILTERS else None
    before = rules.sequence_from(request.GET.get("before", ""))
    entries = queries.statement(person, before=before, limit=PAGE + 1, only=only)
    facts = {
        "summary": queries.summary_of(person),
        "entries": entries[:PAGE],
        "older_than": entries[PAGE - 1].sequence if len(entries) > PAGE else None,
        "only": only,
        "is_first": before is None,
    }
    facts["bar"] = rules.bar_of(facts["summary"])
    return render(request, "timebank/statement.html", facts)
