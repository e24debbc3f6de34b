"""The desk's pages for moving minutes and forgiving what is owed. The second person decides at 等您决定."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.timebank import actions as timebank
from xinglin.timebank import owing, requesting, rules, teams, words
from xinglin.timebank.actions import requests as actions
from xinglin.timebank.gift_forms import ForgivenessForm, RequestForm
from xinglin.timebank.rules import AccountKind

PAGE = 50


@require_GET
@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """All requests within one's reach, and what each house has to give."""
    organisation.demand(request.user, requesting.VERB)
    page = Paginator(requesting.requests_seen_by(request.user), PAGE).get_page(request.GET.get("page"))
    houses = list(_houses(request.user)[:PAGE])
    pools, reserves = (requesting.balances_of_units(houses, kind) for kind in (AccountKind.POOL, AccountKind.RESERVE))
    stock = [{"unit": house, "pool": pools.get(house.pk, 0), "reserve": reserves.get(house.pk, 0)} for house in houses]
    context = {
        "page_obj": page,
        "stock": stock,
        "teams": teams.teams_with_minutes(request.user)[:PAGE],
        "here": "timebank:requests",
    }
    return render(request, "timebank/requests.html", context)


@require_GET
@login_required
def team(request: HttpRequest, code: str) -> HttpResponse:
    """One team's account: what it has, each line of it, and what was asked to be given of it."""
    organisation.demand(request.user, requesting.VERB)
    units = organisation.units_where(request.user, requesting.VERB)
    found = units.filter(code=code, kind=Unit.Kind.TEAM).first()
    if found is None:
        raise NotFound
    before = rules.sequence_from(request.GET.get("before", ""))
    entries = teams.statement(found, before=before, limit=PAGE + 1)
    context = {
        "team": found,
        "minutes": teams.minutes_of(found),
        "lines": [words.line_of(entry) for entry in entries[:PAGE]],
        "older_than": entries[PAGE - 1].sequence if len(entries) > PAGE else None,
        "asked": teams.gifts_asked_of(found)[:PAGE],
        "here": "timebank:requests",
    }
    return render(request, "timebank/desk_team.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """First for whom, then what and why."""
    organisation.demand(request.user, requesting.VERB)
    volunteer, number = None, (request.POST.get("number") or request.GET.get("number", "")).strip().upper()[:12]
    if number:
        volunteer = people.members_where(request.user, requesting.VERB).filter(number=number).first()
    entries = requesting.entries_of(volunteer.person) if volunteer else []
    form = RequestForm(
        request.POST or None,
        units=_houses(request.user),
        entries=entries,
        may_fund=organisation.may_anywhere(request.user, actions.VERB_TO_FUND),
        has_person=volunteer is not None,
    )
    if form.is_valid():
        try:
            actions.ask(person=volunteer.person if volunteer else None, by=request.user, at=clock.now(), **form.said())
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已经提出，等另一位同事决定"))
            return redirect("timebank:requests")
    context: dict[str, Any] = {
        "form": form,
        "volunteer": volunteer,
        "number": number,
        "not_found": bool(number) and volunteer is None,
        "here": "timebank:requests",
    }
    return render(request, "timebank/request_new.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """I take back what I asked for."""
    organisation.demand(request.user, requesting.VERB)
    found = requesting.request_seen_by(request.user, code)
    actions.withdraw(request=found, by=request.user, at=clock.now())
    tell(request, _("已经撤回"))
    return redirect("timebank:requests")


@require_GET
@login_required
def debts(request: HttpRequest) -> HttpResponse:
    """What members still owe, the oldest first."""
    organisation.demand(request.user, owing.VERB)
    page = Paginator(owing.owed_seen_by(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "timebank/debts.html", {"page_obj": page, "here": "timebank:requests"})


@require_http_methods(["GET", "POST"])
@login_required
def debt(request: HttpRequest, code: str) -> HttpResponse:
    """One debt: how it came to be, what became of it, and asking to forgive the rest."""
    organisation.demand(request.user, owing.VERB)
    found = owing.debt_seen_by(request.user, code)
    form = ForgivenessForm(request.POST or None)
    if form.is_valid():
        try:
            timebank.ask_to_forgive(debt=found, by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已经提出，等另一位同事决定"))
            return redirect("timebank:debt", code)
    asked = found.forgivenesses.select_related("asked_by", "decided_by").order_by("-pk")[:PAGE]
    context = {
        "debt": found,
        "asked": asked,
        "may_ask": found.owed_minutes and not any(one.decided_at is None for one in asked),
        "form": form,
        "here": "timebank:requests",
    }
    return render(request, "timebank/debt.html", context, status=422 if form.errors else 200)


def _houses(user: Any) -> list[Unit]:
    """The houses whose pool and reserve this user may move."""
    units = organisation.units_where(user, requesting.VERB).filter(closed_at=None)
    houses = {house.path: house for house in organisation.houses_of(units).values()}
    within = set(units.filter(path__in=houses).values_list("path", flat=True))
    return [houses[path] for path in sorted(within)]
