"""接龙: a list from a group is pasted, each line says who was recognised, and a person confirms whom to sign up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.accounts import queries as accounts
from xinglin.activities import actions, chatlist, queries
from xinglin.activities.models import Post, Shift
from xinglin.activities.recognising import Recognised, recognise
from xinglin.lib import clock
from xinglin.lib.errors import NotFound, Refusal
from xinglin.lib.web.toast import tell
from xinglin.organisation import queries as organisation
from xinglin.people import queries as people
from xinglin.people.models import Volunteer

LONGEST = 12_000  # characters; a group has at most 500 members


@dataclass
class Outcome:
    """What became of a line that was confirmed."""

    said: str
    is_done: bool


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paste(request: HttpRequest, code: str) -> HttpResponse:
    """Paste the list; each line comes back with whom it means."""
    shift = _shift(request, code)
    return _page(request, shift, request.POST.get("text", "")[:LONGEST], {}, at=clock.now())


@require_POST
@login_required
def sign_up(request: HttpRequest, code: str) -> HttpResponse:
    """Sign up whoever was confirmed, line by line; what is refused says why, and the list stays."""
    shift, at, text = _shift(request, code), clock.now(), request.POST.get("text", "")[:LONGEST]
    post = Post.objects.filter(shift=shift, code=request.POST.get("post", "")).first() or shift.posts.order_by("pk")[0]
    outcomes: dict[int, Outcome] = {}
    for place in range(len(chatlist.read(text))):
        number = (request.POST.get(f"other-{place}", "") or request.POST.get(f"who-{place}", "")).strip().upper()
        if number:
            outcomes[place] = _signed_up(request, post, number, at=at)
    done = sum(outcome.is_done for outcome in outcomes.values())
    tell(request, _("%(count)s 人报上了") % {"count": done} if done else _("没有人报上，看看每一行的原因"))
    return _page(request, shift, text, outcomes, at=at)


def _signed_up(request: HttpRequest, post: Post, number: str, *, at: dt.datetime) -> Outcome:
    volunteer = people.volunteers_seen_by(request.user).filter(number=number).first()
    if volunteer is None:
        return Outcome(_("您的名册里没有 %(number)s 这个编号") % {"number": number[:12]}, is_done=False)
    try:
        actions.take_shift(volunteer=volunteer, post=post, at=at, by=request.user)
    except Refusal as refusal:
        return Outcome(f"{volunteer.person.name}：{refusal}", is_done=False)
    return Outcome(_("%(name)s报上了") % {"name": volunteer.person.name}, is_done=True)


def _page(
    request: HttpRequest, shift: Shift, text: str, outcomes: dict[int, Outcome], *, at: dt.datetime
) -> HttpResponse:
    recognised = recognise(chatlist.read(text), shift=shift, among=people.volunteers_seen_by(request.user))
    lines = [_line(place, one, outcomes.get(place)) for place, one in enumerate(recognised)]
    context: dict[str, Any] = {
        "shift": shift,
        "posts": list(queries.posts_of(shift)),
        "chosen_post": request.POST.get("post", ""),
        "text": text,
        "lines": lines,
        "surely": sum(line["picked"] != "" for line in lines),
        "is_open": shift.state == Shift.State.OPEN and at < shift.sign_up_closes_at,
    }
    return render(request, "activities/chat_list.html", context)


def _line(place: int, one: Recognised, outcome: Outcome | None) -> dict[str, Any]:
    is_done = outcome.is_done if outcome is not None else one.is_signed_up
    return {
        "place": place,
        "line": one.line,
        "candidates": [{"volunteer": who, "phone": _masked(who)} for who in one.candidates],
        "picked": one.surely.number if one.surely is not None and not is_done else "",
        "is_done": is_done,
        "may_pick": one.line.problem in ("", "no_name"),
        "outcome": outcome,
        "name": one.surely.person.name if one.surely is not None else "",
    }


def _masked(volunteer: Volunteer) -> str:
    return accounts.masked_phone_of(volunteer.person.user) or ""


def _shift(request: HttpRequest, code: str) -> Shift:
    shift = queries.shift_by_code(code)
    organisation.demand(request.user, "sign_up_others", shift.activity.project.unit)
    if shift.state == Shift.State.CANCELLED:
        raise NotFound
    return shift
