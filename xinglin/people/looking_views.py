"""The desk's page that shows a number in full, once, for a reason."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.organisation import queries as organisation
from xinglin.people import looking, queries
from xinglin.people.care_forms import LookForm


@login_required
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, number: str) -> HttpResponse:
    """First why; then the number, on the answer to this one press and nowhere else."""
    organisation.demand(request.user, looking.VERB)
    mine = queries.members_where(request.user, looking.VERB)
    chosen = mine.filter(number=number).first()
    if chosen is None:
        raise NotFound
    form, context = LookForm(request.POST or None), {"chosen": chosen, "here": "people:desk"}
    said: dict[str, Any] = {}
    if form.is_valid():
        try:
            said["seen"] = looking.look(person=chosen.person, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
    context |= {"form": form, "looks": looking.looks_at(chosen.person), **said}
    return render(request, "people/look.html", context, status=form.status)
