"""The member's statement."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xinglin.lib import clock
from xinglin.lib.web.words import minutes_said
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.timebank import queries, rules, teams, terms, words
from xinglin.timebank.forms import PeriodForm

PAGE = 30

CHIPS = [
    (None, gettext_lazy("全部明细")),
    ("in", gettext_lazy("存入")),
    ("out", gettext_lazy("使用")),
    ("held", gettext_lazy("冻结")),
]


@require_GET
@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """One's own minutes: what is free, held and used, and each entry with the balance after it."""
    person = people.person_of(request.user)
    form = PeriodForm(request.GET)
    period = form.period()
    only = request.GET.get("only") if request.GET.get("only") in queries.FILTERS else None
    before = rules.sequence_from(request.GET.get("before", ""))
    entries = queries.statement(person, before=before, limit=PAGE + 1, only=only, period=period)
    summary = queries.summary_of(person)
    today = clock.local_day(clock.now())
    facts = {
        "summary": summary,
        "holds": [(hold, words.page_of(hold.origin)) for hold in queries.open_holds_of(person)],
        "form": form,
        "period": period,
        "asked": urlencode({name: day.isoformat() for name, day in vars(period).items() if day}),
        "bar": rules.bar_of(summary),
        "lines": [_shown(words.line_of(entry), today=today) for entry in entries[:PAGE]],
        "older_than": entries[PAGE - 1].sequence if len(entries) > PAGE else None,
        "only": only,
        "chips": [(name, said, only == name) for name, said in CHIPS],
        "is_first": before is None,
        "has_person": person is not None,
        "notice": terms.notice_for(person, at=clock.now()),
        "leads_teams": organisation.may_anywhere(request.user, teams.VERB),
        "gifts_waiting": terms.gifts_waiting_for(person, at=clock.now()).count() if person else 0,
    }
    return render(request, "timebank/statement.html", facts)


def _shown(line: words.Line, *, today: dt.date) -> dict[str, Any]:
    """A line of the page: what it was for, when, where it came from, and what was left after it."""
    day = words.day_of(line.at, today=today)
    return {
        "line": line,
        "note": " · ".join(part for part in (day, line.source if not line.state else "") if part),
        "left": _("余 %(left)s") % {"left": minutes_said(line.balance_after)},
        "proof": reverse("transparency:line", args=[line.sequence]),
    }
