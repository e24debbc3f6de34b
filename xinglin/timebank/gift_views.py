"""Gifts on the phone: what waits for my nod, what I gave, and giving."""

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
from xinglin.people import queries as people
from xinglin.people.models import Person
from xinglin.timebank import queries, reckoning, requesting, rules, teams, words
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import gifts as actions
from xinglin.timebank.actions import requests
from xinglin.timebank.gift_forms import GiftForm, TeamGiftForm
from xinglin.timebank.models import Gift, Request
from xinglin.timebank.rules import AccountKind

PAGE = 20


@require_GET
@login_required
def gifts(request: HttpRequest) -> HttpResponse:
    """What was given to me and by me: what waits first, then what is over."""
    person, at = _person(request), clock.now()
    page = Paginator(terms_of.past_gifts_of(person, at=at), PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "to_me": terms_of.gifts_waiting_for(person, at=at),
        "by_me": terms_of.gifts_given_by(person, at=at),
        "page_obj": page,
        "past": [_line(gift, person) for gift in page],
        "here": "timebank",
    }
    return render(request, "timebank/gifts.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def give(request: HttpRequest) -> HttpResponse:
    """Choose, look at what will happen, give."""
    person, at = _person(request), clock.now()
    terms, free = terms_of.gift_terms(person, at=at), queries.balance_of(person).free_minutes
    ties = [tie for tie in people.ties_of(person) if _is_permitted(tie.kind, terms)]
    pool = _pool_said(terms)
    own_teams = teams.teams_of(person) if reckoning.TEAM in terms.permitted else []
    form = GiftForm(request.POST or None, ties=ties, pool=pool, teams=own_teams)
    shown = None
    if form.is_valid():
        said = {"receiver": form.receiver(), "team": form.team(), "minutes": form.cleaned_data["minutes"]}
        try:
            if request.POST.get("sure"):
                gift = actions.give(giver=person, words=form.cleaned_data["words"], at=at, **said)
                tell(request, _done(gift))
                return redirect("timebank:gifts")
            actions.refuse_to_give(giver=person, at=at, **said)
        except Refusal as refusal:
            form.hear(refusal)
        else:
            shown = said | {"waits": said["receiver"] is not None and terms.needs_confirmation, "left": free}
            shown["left"] = free - said["minutes"]
    context = {
        "form": form,
        "free": free,
        "nobody": not ties and not pool and not own_teams,
        "only_pool": terms.spending.may_only_donate,
        "wait_days": terms.wait_days,
        "shown": shown,
        "pool": pool,
        "here": "timebank",
    }
    return render(request, "timebank/give.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def accept(request: HttpRequest, code: str) -> HttpResponse:
    gift = terms_of.gift_seen_by(people.person_of(request.user), code, as_="receiver")
    actions.accept(gift=gift, by=request.user, at=clock.now())
    tell(request, _("收下了，时间已经到账"))
    return redirect("timebank:gifts")


@require_POST
@login_required
def decline(request: HttpRequest, code: str) -> HttpResponse:
    gift = terms_of.gift_seen_by(people.person_of(request.user), code, as_="receiver")
    actions.decline(gift=gift, by=request.user, at=clock.now())
    tell(request, _("没有收，时间退回给对方"))
    return redirect("timebank:gifts")


@require_POST
@login_required
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    gift = terms_of.gift_seen_by(people.person_of(request.user), code, as_="giver")
    actions.withdraw(gift=gift, by=request.user, at=clock.now())
    tell(request, _("已经收回，时间回到您的账上"))
    return redirect("timebank:gifts")


@require_GET
@login_required
def led_teams(request: HttpRequest) -> HttpResponse:
    """The teams whose minutes I look after, with what each has."""
    organisation.demand(request.user, teams.VERB)
    page = Paginator(teams.teams_given_by(request.user), PAGE).get_page(request.GET.get("page"))
    minutes = requesting.balances_of_units(page, AccountKind.TEAM)
    lines = [{"team": one, "minutes": minutes.get(one.pk, 0)} for one in page]
    return render(request, "timebank/teams.html", {"page_obj": page, "lines": lines, "here": "timebank"})


@require_http_methods(["GET", "POST"])
@login_required
def team(request: HttpRequest, code: str) -> HttpResponse:
    """What a team has, where it came from, and asking to give of it; a second person decides."""
    organisation.demand(request.user, teams.VERB)
    found, at = teams.team_given_by(request.user, code), clock.now()
    permitted = teams.permitted(found, at=at)
    form = TeamGiftForm(request.POST or None, team=found, permitted=permitted)
    if form.is_valid():
        try:
            requests.ask(kind=Request.Kind.TEAM_GIFT, unit=found, by=request.user, at=at, **form.said())
        except Refusal as refusal:
            form.hear(refusal)
        else:
            tell(request, _("已经提出，等另一位同事决定"))
            return redirect("timebank:team", code)
    before = rules.sequence_from(request.GET.get("before", ""))
    entries = teams.statement(found, before=before, limit=PAGE + 1)
    context = {
        "team": found,
        "minutes": teams.minutes_of(found),
        "permitted": permitted,
        "form": form,
        "asked": teams.gifts_asked_of(found)[:PAGE],
        "lines": [words.line_of(entry) for entry in entries[:PAGE]],
        "older_than": entries[PAGE - 1].sequence if len(entries) > PAGE else None,
        "here": "timebank",
    }
    return render(request, "timebank/team.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def withdraw_of_team(request: HttpRequest, code: str) -> HttpResponse:
    """I take back what I asked to give."""
    organisation.demand(request.user, teams.VERB)
    asked = Request.objects.filter(kind=Request.Kind.TEAM_GIFT, unit__in=teams.teams_given_by(request.user))
    found = asked.filter(code=code).select_related("unit").first()
    if found is None:
        raise NotFound
    requests.withdraw(request=found, by=request.user, at=clock.now())
    tell(request, _("已经撤回"))
    return redirect("timebank:team", found.unit.code)


def _person(request: HttpRequest) -> Person:
    person = people.person_of(request.user)
    if person is None:
        raise NotFound
    return person


def _is_permitted(kind: str, terms: terms_of.GiftTerms) -> bool:
    return not terms.spending.may_only_donate and reckoning.WORD_OF_RELATION[kind] in terms.permitted


def _pool_said(terms: terms_of.GiftTerms) -> str:
    if reckoning.POOL not in terms.permitted or terms.pool_unit is None:
        return ""
    return _("%(unit)s的公益池") % {"unit": terms.pool_unit.name}


def _done(gift: Gift) -> str:
    if gift.state == Gift.State.WAITING:
        return _("已经为对方留好，等对方点头就到账")
    if gift.team_id:
        return _("已经捐给您的志愿服务队，谢谢您")
    return _("已经捐给公益池，谢谢您") if gift.pool_unit_id else _("已经送到，谢谢您")


def _line(gift: Gift, person: Person) -> dict[str, Any]:
    """A gift that is over, in one line."""
    is_mine = gift.giver_id == person.pk
    lapsed = gift.state == Gift.State.WAITING
    other = gift.receiver if is_mine else gift.giver
    whom = other.name if other is not None else gift.team.name if gift.team is not None else _("公益池")
    said = _("送给%(whom)s") if is_mine else _("%(whom)s送给我")
    state = Gift.State.LAPSED if lapsed else Gift.State(gift.state)
    return {
        "gift": gift,
        "title": said % {"whom": whom},
        "state": state.label,
        "tone": "done" if state == Gift.State.ARRIVED else "",
    }
