"""我到了 · 我离开了: what a volunteer presses on arriving and leaving, and what shows that they are there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinglin.activities import actions, errors, evidence, fitness, queries, rules
from xinglin.activities.evidence import Evidence
from xinglin.activities.models import Signup
from xinglin.hours import queries as hours
from xinglin.lib import clock
from xinglin.lib.web.toast import tell, tell_refusal
from xinglin.lib.web.words import minutes_said
from xinglin.organisation import queries as organisation
from xinglin.people import consenting
from xinglin.people import queries as people

LOCATION = "location"


@require_safe
@login_required
def hands(request: HttpRequest, code: str) -> HttpResponse:
    """The two buttons, with the six digits to type; and how far this shift has gone."""
    return _page(request, _own_signup(request, code), proof="digits")


@require_safe
@login_required
def scan(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The leader's rotating code was scanned: the two buttons carry it. A stale one leads on to typing the digits."""
    signup = _own_signup(request, code)
    try:
        evidence.evidence_of_token(shift=signup.shift, token=token, at=clock.now())
    except errors.CodeExpired as expired:
        if not get_messages(request):  # a press that was refused has said it already
            tell_refusal(request, expired)
        return redirect("activities:hands", signup.shift.code)
    return _page(request, signup, proof="token", token=token)


@require_safe
@login_required
def poster_scan(request: HttpRequest, code: str) -> HttpResponse:
    """The poster was scanned: the two buttons ask for the location, or for the leader's nod."""
    return _page(request, _own_signup(request, code), proof="poster")


@require_POST
@login_required
def come(request: HttpRequest, code: str) -> HttpResponse:
    """我到了."""
    signup, at = _own_signup(request, code), clock.now()
    attendance = actions.come(signup=signup, evidence=_evidence(request, signup, at=at), by=request.user, at=at)
    undo_url = reverse("activities:undo", args=[signup.shift.code])
    said = _("记下了，等带队人确认") if attendance.waits_for_nod else _("签到好了，辛苦您")
    tell(request, said, undo_url=undo_url)
    return redirect("activities:hands", signup.shift.code)


@require_POST
@login_required
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """我离开了."""
    signup, at = _own_signup(request, code), clock.now()
    record = actions.leave(signup=signup, evidence=_evidence(request, signup, at=at), by=request.user, at=at)
    if record is None:
        said = _("这次没有落在班次的时间里，没有计时。谢谢您跑这一趟")
    else:
        said = _("签退好了，服务了%(minutes)s。谢谢您") % {"minutes": minutes_said(record.minutes)}
    tell(request, said, undo_url=reverse("activities:undo", args=[signup.shift.code]))
    return redirect("activities:hands", signup.shift.code)


@require_POST
@login_required
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take back the latest press."""
    signup = _own_signup(request, code)
    undone = actions.undo(signup=signup, by=request.user, at=clock.now())
    tell(request, _("签退撤销了，离开时再按") if undone == "left" else _("签到撤销了，到了再按"))
    return redirect("activities:hands", signup.shift.code)


def _own_signup(request: HttpRequest, code: str) -> Signup:
    shift = queries.shift_by_code(code)
    signup = queries.signup_of(people.volunteer_of(request.user), shift)
    if signup is None:
        raise errors.NotSignedUp(shift=shift.code)
    return signup


def _evidence(request: HttpRequest, signup: Signup, *, at: dt.datetime) -> Evidence:
    """What the form brought along: a scanned token, typed digits, a location, or the wish for a nod."""
    sent = request.POST
    if sent.get("token"):
        return evidence.evidence_of_token(shift=signup.shift, token=sent["token"], at=at)
    if sent.get("proof") != "poster":
        return evidence.evidence_of_spoken_code(signup=signup, digits=sent.get("digits", ""), at=at)
    if sent.get("nod"):
        return evidence.AWAITING_NOD
    if sent.get("consent") and not people.has_consented(signup.volunteer.person, LOCATION):
        consenting.give(person=signup.volunteer.person, kind=LOCATION, at=at)
    return evidence.evidence_of_location(
        signup=signup, latitude=sent.get("latitude", ""), longitude=sent.get("longitude", "")
    )


def _page(request: HttpRequest, signup: Signup, *, proof: str, token: str = "") -> HttpResponse:
    at, shift = clock.now(), signup.shift
    unit, person = shift.activity.project.unit, signup.volunteer.person
    attendance = getattr(signup, "attendance", None)
    early_minutes = organisation.policy("early_minutes", unit, at=at)
    late_minutes = organisation.policy("late_minutes", unit, at=at)
    context: dict[str, Any] = {
        "signup": signup,
        "shift": shift,
        "attendance": attendance,
        "proof": proof,
        "token": token,
        "opens_at": rules.come_opens_at(shift.slot, early_minutes=early_minutes),
        "closes_at": rules.leave_closes_at(shift.slot, late_minutes=late_minutes),
        "at": at,
        "lack": fitness.lacks_ahead(shift, [signup], at=at).get(signup.pk),
        "was_not_seen": attendance is None and queries.was_not_seen(signup),
        "can_undo": attendance is not None and _can_undo(attendance, unit, at=at),
        "record": hours.standing_record(signup.source) if attendance is not None and attendance.left_at else None,
        "publication_days": organisation.policy("publication_days", unit, at=at),
    }
    if proof == "poster" and shift.activity.point is not None:
        has_consented = people.has_consented(person, LOCATION)
        context["guardian_first"] = not has_consented and people.is_child(person, at=at)
        context["locates"] = not context["guardian_first"]
        if context["locates"] and not has_consented:
            context["consent_text"] = people.text(LOCATION, at=at)
    return render(request, "activities/hands.html", context)


def _can_undo(attendance: Any, unit: Any, *, at: dt.datetime) -> bool:
    marked_at = attendance.left_marked_at or attendance.came_marked_at
    undo_minutes = organisation.policy("undo_minutes", unit, at=at)
    by_leader = (attendance.left_how or attendance.came_how) in ("leader", "team_entry", "forced")
    return not by_leader and rules.may_undo(marked_at=marked_at, at=at, undo_minutes=undo_minutes)
