"""The leader's page: the rotating code, the list with marks that name who marked, the nods, the poster."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from xinglin.activities import actions, errors, evidence, fitness, queries, rules, vouching
from xinglin.activities.models import Shift, Signup
from xinglin.hours.models import Record
from xinglin.lib import clock
from xinglin.lib.web import qr
from xinglin.lib.web.toast import tell
from xinglin.lib.web.words import clock_said
from xinglin.organisation import queries as organisation


@require_safe
@login_required
def lead(request: HttpRequest, code: str) -> HttpResponse:
    """Everything a leader needs on the spot."""
    shift, at = led_shift(request, code), clock.now()
    signups = list(queries.list_of(shift))
    lacks = fitness.lacks_ahead(shift, signups, at=at)
    may_sign_up_others = organisation.may(request.user, "sign_up_others", shift.activity.project.unit)
    context = {
        "shift": shift,
        "signups": [(signup, lacks.get(signup.pk)) for signup in signups],
        "lacking": len(lacks),
        "waiting": [signup for signup in signups if signup.waits],  # type: ignore[attr-defined]  # list_of tells it
        "came": sum(hasattr(signup, "attendance") for signup in signups),
        "is_cancelled": shift.state == Shift.State.CANCELLED,
        "may_mark": at <= queries.marks_by_hand_end(shift, at=at),
        "may_sign_up_others": may_sign_up_others,
        "can_give_back": may_sign_up_others and at < shift.starts_at,
        "now": at.astimezone(clock.SHANGHAI),
    }
    return render(request, "activities/lead.html", context | _code(request, shift, at=at))


@require_safe
@never_cache
@login_required
def rotating_code(request: HttpRequest, code: str) -> HttpResponse:
    """The code of this half minute; the page asks again before it grows old."""
    shift = led_shift(request, code)
    return render(request, "activities/_code.html", {"shift": shift} | _code(request, shift, at=clock.now()))


@require_POST
@login_required
def mark_came(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """A volunteer is there who can't show it; the leader's name stands beside the mark."""
    found, at = _signup(request, code, signup), clock.now()
    came_at = _time(request, found.shift)
    actions.come(signup=found, evidence=evidence.BY_LEADER, by=request.user, at=at, came_at=came_at)
    tell(request, _("登记到场了"), undo_url=reverse("activities:mark_undo", args=[code, signup]))
    return redirect("activities:lead", code)


@require_POST
@login_required
def mark_left(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """A volunteer has gone who could not show it."""
    found, at = _signup(request, code, signup), clock.now()
    left_at = _time(request, found.shift)
    record = actions.leave(signup=found, evidence=evidence.BY_LEADER, by=request.user, at=at, left_at=left_at)
    waits = record is not None and record.state == Record.State.RECORDED
    said = _("登记离开了，是事后补录，要另一位确认后才算") if waits else _("登记离开了")
    tell(request, said, undo_url=reverse("activities:mark_undo", args=[code, signup]))
    return redirect("activities:lead", code)


@require_POST
@login_required
def undo(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """Take back the latest mark of one person."""
    actions.undo(signup=_signup(request, code, signup), by=request.user, at=clock.now())
    tell(request, _("撤销了"))
    return redirect("activities:lead", code)


@require_POST
@login_required
def nod(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """The leader has seen this person."""
    vouching.nod(attendance=_attendance(request, code, signup), by=request.user, at=clock.now())
    tell(request, _("确认了"))
    return redirect("activities:lead", code)


@require_POST
@login_required
def deny(request: HttpRequest, code: str, signup: str) -> HttpResponse:
    """The leader has not seen this person."""
    vouching.deny(attendance=_attendance(request, code, signup), by=request.user, at=clock.now())
    tell(request, _("记下了，这次不算到场"))
    return redirect("activities:lead", code)


@require_safe
@login_required
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet for the wall: it opens the two buttons, which then ask for the location or the leader's nod."""
    shift = led_shift(request, code)
    address = request.build_absolute_uri(reverse("activities:poster_scan", args=[shift.code]))
    return render(
        request,
        "activities/poster.html",
        {"shift": shift, "qr": qr.drawn(address, title=_("签到二维码")), "address": address},
    )


def led_shift(request: HttpRequest, code: str) -> Shift:
    """The shift, for whoever leads it."""
    shift = queries.shift_by_code(code)
    queries.demand_lead(request.user, shift)
    return shift


def _signup(request: HttpRequest, code: str, signup: str) -> Signup:
    return queries.signup_led(led_shift(request, code), signup)


def _attendance(request: HttpRequest, code: str, signup: str) -> Any:
    attendance = getattr(_signup(request, code, signup), "attendance", None)
    if attendance is None:
        raise errors.NothingToUndo
    return attendance


def _time(request: HttpRequest, shift: Shift) -> dt.datetime | None:
    """`08:05` beside the shift; nothing means now."""
    text = request.POST.get("time", "").strip()
    if not text:
        return None
    try:
        time = dt.time.fromisoformat(text)
    except ValueError:
        day = {"opens": clock_said(shift.starts_at), "closes": clock_said(shift.ends_at)}
        raise errors.BadMarkTime(**day) from None
    return rules.moment_near(shift.slot, time.replace(tzinfo=None))


def _code(request: HttpRequest, shift: Shift, *, at: dt.datetime) -> dict[str, Any]:
    token = evidence.token_of(shift, at=at)
    spoken = evidence.spoken_code_of(shift, at=at)
    address = request.build_absolute_uri(reverse("activities:scan", args=[shift.code, token]))
    return {
        "qr": qr.drawn(address, title=_("签到二维码")),
        "spoken": f"{spoken[:3]} {spoken[3:]}",
        "seconds_left": rules.seconds_left(at),
    }
