"""On the phone: find a team, join it, leave it, answer a transfer or a loan."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST, require_safe

from xinglin.accounts.sessions import address_of
from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Move
from xinglin.people.teams import joining, moving, queries

A_PAGE = 20


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Teams one could join, for everybody to look at."""
    words, service = request.GET.get("q", "").strip()[:40], request.GET.get("service", "")
    service = service if service in Unit.Service.values else ""
    volunteer = people.volunteer_of(request.user)
    context = {
        "page_obj": Paginator(queries.teams(words=words, service=service), A_PAGE).get_page(request.GET.get("page")),
        "q": words,
        "service": service,
        "services": Unit.Service.choices,
        "mine": {unit.pk for unit in people.teams_of(volunteer)} if volunteer else set(),
        "here": "people",
    }
    return render(request, "people/teams/find.html", context)


@require_safe
def team(request: HttpRequest, code: str) -> HttpResponse:
    """One team: what it does, who leads it, how to join it."""
    unit, volunteer, at = _team_or_not_found(code), people.volunteer_of(request.user), clock.now()
    verbs = organisation.verbs_at(request.user, unit) if request.user.is_authenticated else set()
    context = {
        "unit": unit,
        "brands": unit.brands.filter(ended_at__isnull=True).order_by("since"),
        "captains": queries.captains(unit, at=at) if volunteer or verbs else [],
        "house": organisation.houses_of([unit])[unit.pk],
        "volunteer": volunteer,
        "is_member": volunteer is not None and queries.is_member(volunteer, unit),
        "asked": queries.standing_into(volunteer, unit) if volunteer else None,
        "may_see_people": "see_people" in verbs,
        "may_describe": "describe_unit" in verbs,
        "here": "people",
    }
    return render(request, "people/teams/team.html", context)


@sensitive_post_parameters("password")
@login_required
@require_POST
def join(request: HttpRequest, code: str) -> HttpResponse:
    """I want to be in this team."""
    unit, volunteer = _team_or_not_found(code), people.volunteer_or_not_found(request.user)
    password, address = request.POST.get("password", "")[:64], address_of(request)
    done = joining.join(volunteer=volunteer, unit=unit, password=password, address=address, at=clock.now())
    if isinstance(done, Move):
        tell(request, _("已经告诉队伍了，有结果会在首页告诉您"))
    else:
        tell(request, _("欢迎加入%(name)s") % {"name": unit.name})
    return redirect("people:team", code)


@login_required
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """I leave this team."""
    unit = _team_or_not_found(code)
    joining.leave(volunteer=people.volunteer_or_not_found(request.user), unit=unit, at=clock.now())
    tell(request, _("已经退出%(name)s，服务过的时长都还在") % {"name": unit.name})
    return redirect("people:team", code)


@login_required
@require_GET
def moves(request: HttpRequest) -> HttpResponse:
    """What I was asked about changing teams, and what came of it."""
    volunteer = people.volunteer_or_not_found(request.user)
    shown = (Move.State.OFFERED, Move.State.AGREED)
    context = {
        "offered": queries.offered_to(volunteer),
        "agreed": queries.moves_of(volunteer).filter(state=Move.State.AGREED),
        "others": queries.moves_of(volunteer).exclude(state__in=shown)[:A_PAGE],
        "here": "people",
    }
    return render(request, "people/teams/moves.html", context)


@login_required
@require_POST
def accept(request: HttpRequest, move: str) -> HttpResponse:
    """Yes, I go there."""
    moving.answer(move=_own(request, move), agrees=True, words="", at=clock.now())
    tell(request, _("好的，已经告诉两边的队伍"))
    return redirect("people:moves")


@login_required
@require_POST
def decline(request: HttpRequest, move: str) -> HttpResponse:
    """No, I stay."""
    moving.answer(move=_own(request, move), agrees=False, words=request.POST.get("words", ""), at=clock.now())
    tell(request, _("没关系，您还在原来的队伍"))
    return redirect("people:moves")


@login_required
@require_POST
def withdraw(request: HttpRequest, move: str) -> HttpResponse:
    """I take back my wish to join, or my yes to what has not begun."""
    own = _own(request, move)
    if own.kind != Move.Kind.JOIN and own.state in (Move.State.ASKED, Move.State.OFFERED):
        raise NotFound  # to what I am asked I say no
    moving.withdraw(move=own, by=request.user, at=clock.now())
    if own.kind != Move.Kind.JOIN:
        tell(request, _("好的，还在原来的队伍，已经告诉两边"))
        return redirect("people:moves")
    tell(request, _("入队申请已经撤回"))
    return redirect("people:team", own.to_unit.code)


def _team_or_not_found(code: str) -> Unit:
    unit = queries.team(code)
    if unit is None:
        raise NotFound
    return unit


def _own(request: HttpRequest, code: str) -> Move:
    move = queries.moves_of(people.volunteer_or_not_found(request.user)).filter(code=code).first()
    if move is None:
        raise NotFound
    return move
