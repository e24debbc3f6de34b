"""What activities holds of somebody: sign-ups and attendance. What is to come is given back, what was stays by code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.activities import recording
from xinglin.activities.models import Attendance, GuardiansWord, Shift, Signup
from xinglin.diary import actions as diary
from xinglin.lib import clock
from xinglin.lib.web.words import span_said
from xinglin.lib.whole_person import Key, Moved, OpenThing, Section, Whole, emptied

KEYS = {
    "activities.Shift.leader": Key.HAND,
    "activities.Signup.volunteer": Key.OWN,
    "activities.Signup.taken_by": Key.HAND,
    "activities.GuardiansWord.signup": Key.OWN,
    "activities.GuardiansWord.guardianship": Key.OWN,
    "activities.GuardiansWord.entered_by": Key.HAND,
    "activities.Attendance.signup": Key.OWN,
    "activities.Attendance.came_marked_by": Key.HAND,
    "activities.Attendance.left_marked_by": Key.HAND,
    "activities.Attendance.nodded_by": Key.HAND,
}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """Each sign-up, when they came and left, and what a guardian without a telephone said about it."""
    signups = _of(who).select_related("shift__activity", "post", "attendance").order_by("shift__starts_at", "pk")
    rows = [_row(signup) for signup in signups]
    labels = {
        "activity": _("活动"),
        "post": _("岗位"),
        "from": _("从"),
        "to": _("到"),
        "state": _("状态"),
        "why": _("取消原因"),
        "came": _("到场"),
        "left": _("离场"),
    }
    return [Section("signups", _("报名与签到"), labels, rows), _words(who)]


def _words(who: Whole) -> Section:
    rows = [
        {
            "who": one.guardianship.guardian.name,
            "child": one.guardianship.child.name,
            "what": one.signup.shift.activity.name,
            "how": one.get_how_display(),
            "on": one.said_on.isoformat(),
            "paper": one.paper,
        }
        for one in _words_of(who)
        .select_related("guardianship__guardian", "guardianship__child", "signup__shift__activity")
        .order_by("pk")
    ]
    labels = {
        "who": _("谁同意的"),
        "child": _("孩子"),
        "what": _("活动"),
        "how": _("怎么同意的"),
        "on": _("哪天"),
        "paper": _("签在哪张纸上"),
    }
    return Section("guardians_words", _("家长替孩子同意的报名"), labels, rows)


def open_things(who: Whole, at: dt.datetime) -> list[OpenThing]:
    """Shifts to come, a shift under way, and shifts that they lead."""
    found = []
    leads = Shift.objects.filter(leader=who.user, ends_at__gt=at, state=Shift.State.OPEN).count()
    if leads:
        what = _("还带着 %(count)s 个没有结束的班次") % {"count": leads}
        found.append(OpenThing(what, _("先给这些班次换一位带队人"), blocks=True))
    for signup in _under_way(who, at):
        what = _("班次还没有结束：%(name)s") % {"name": signup.shift.activity.name}
        found.append(OpenThing(what, _("签退以后再办"), blocks=True))
    for signup in to_come(who, at):
        when = span_said(signup.shift.starts_at, signup.shift.ends_at, today=clock.local_day(at))
        what = _("报了班次：%(name)s，%(when)s") % {"name": signup.shift.activity.name, "when": when}
        found.append(OpenThing(what, _("取消报名，名额让给别人")))
    return found


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Give places back, and empty the reasons of earlier cancels."""
    for signup in to_come(who, at):
        _give_up(signup, by=by, at=at)
    _of(who).update(**emptied(Signup, keep={"code", "state"}))
    _words_of(who).update(**emptied(GuardiansWord, keep={"how"}))


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """Sign-ups that would move; where both are signed up for the same time, the other account's place is given back."""
    if gone.volunteer is None:
        return []
    count, doubled = _of(gone).count(), _doubled(kept, gone).count()
    return [Moved(_("报名与签到"), count - doubled, doubled=doubled)] if count else []


def obstacles(kept: Whole, gone: Whole, at: dt.datetime) -> list[OpenThing]:
    """Nobody is merged in the middle of a shift."""
    return [
        OpenThing(
            _("班次还没有结束：%(name)s") % {"name": signup.shift.activity.name}, _("签退以后再合并"), blocks=True
        )
        for signup in _under_way(gone, at)
    ]


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """The same human being was there, whichever account was used."""
    if gone.volunteer is None:
        return []
    moved = moves(kept, gone)
    twice = list(_doubled(kept, gone).select_related("shift__activity__project__unit"))
    for signup in twice:
        if signup.shift.starts_at > at:
            _give_up(signup, by=by, at=at)
    _of(gone).exclude(pk__in=[signup.pk for signup in twice]).update(volunteer=kept.volunteer)
    Shift.objects.filter(leader=gone.user, ends_at__gt=at).update(leader=kept.user)
    return moved


def _give_up(signup: Signup, *, by: Any, at: dt.datetime) -> None:
    Signup.objects.filter(pk=signup.pk).update(state=Signup.State.CANCELLED, cancelled_at=at)
    diary.release(source=signup.source, at=at)
    recording.note(signup, "gave_up_with_account", by=by, at=at)


def _row(signup: Signup) -> dict[str, Any]:
    attendance = getattr(signup, "attendance", None)
    came, left = (attendance.came_at, attendance.left_at) if attendance is not None else (None, None)
    return {
        "activity": signup.shift.activity.name,
        "post": signup.post.name,
        "from": signup.shift.starts_at.isoformat(),
        "to": signup.shift.ends_at.isoformat(),
        "state": signup.get_state_display(),
        "why": signup.cancel_reason,
        "came": came.isoformat() if came else "",
        "left": left.isoformat() if left else "",
    }


def _of(who: Whole) -> QuerySet[Signup]:
    if who.volunteer is None:
        return Signup.objects.none()
    return Signup.objects.filter(volunteer=who.volunteer)


def _words_of(who: Whole) -> QuerySet[GuardiansWord]:
    """About their own sign-ups as a child, and those that they said for a child."""
    of_both = Q(guardianship__child=who.person) | Q(guardianship__guardian=who.person)
    return GuardiansWord.objects.filter(of_both)


def to_come(who: Whole, at: dt.datetime) -> QuerySet[Signup]:
    """Places in shifts that have not begun."""
    has_come = Attendance.objects.filter(signup=OuterRef("pk"))
    coming = _of(who).filter(~Exists(has_come), state=Signup.State.TAKEN, shift__starts_at__gt=at)
    return coming.select_related("shift__activity__project__unit", "volunteer__person__user").order_by("pk")


def _under_way(who: Whole, at: dt.datetime) -> QuerySet[Signup]:
    """They came and have not left, or whoever leads must still say whether they did."""
    unfinished = Attendance.objects.filter(Q(left_at__isnull=True) | Q(waits_for_nod=True), signup=OuterRef("pk"))
    return _of(who).filter(Exists(unfinished)).select_related("shift__activity").order_by("pk")


def _doubled(kept: Whole, gone: Whole) -> QuerySet[Signup]:
    if kept.volunteer is None:
        return _of(gone).none()
    same_time = _of(kept).filter(
        state=Signup.State.TAKEN,
        shift__starts_at__lt=OuterRef("shift__ends_at"),
        shift__ends_at__gt=OuterRef("shift__starts_at"),
    )
    return _of(gone).filter(Exists(same_time), state=Signup.State.TAKEN).order_by("pk")
