"""A leader vouches, or says that somebody was not there; and takes a slip of the hand back within the undo window."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.accounts.models import User
from xinglin.activities import errors, queries, recording, rules
from xinglin.activities.models import Attendance, Signup
from xinglin.hours import actions as hours
from xinglin.hours import queries as records
from xinglin.hours.models import Record


@transaction.atomic
def nod(*, attendance: Attendance, by: Any, at: dt.datetime) -> Attendance:
    """A leader vouches for what nobody's code has shown; a record that waited for it goes on. Twice is once."""
    signup = queries.locked_signup(attendance.signup)
    if signup.volunteer.person.user_id == by.pk:
        raise errors.NotOneself
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if not attendance.waits_for_nod:
        return attendance
    attendance.waits_for_nod = False
    attendance.nodded_by = by
    attendance.nodded_at = at
    attendance.save(update_fields=["waits_for_nod", "nodded_by", "nodded_at"])
    record = records.standing_record(signup.source) if attendance.left_at is not None else None
    if record is not None and record.state == Record.State.RECORDED:
        hours.confirm(record=record, by=by, at=at)
    recording.note(signup, "nodded", by=by, at=at)
    return attendance


@transaction.atomic
def deny(*, attendance: Attendance, by: Any, at: dt.datetime) -> None:
    """A leader has not seen this person: what still waited for a nod is struck out, and its record voided."""
    signup = queries.locked_signup(attendance.signup)
    if signup.volunteer.person.user_id == by.pk:
        raise errors.NotOneself
    waiting = Attendance.objects.select_for_update().filter(pk=attendance.pk, waits_for_nod=True).first()
    if waiting is None:
        raise errors.NothingToUndo
    recording.refuse_what_is_decided(waiting, signup)
    recording.note(signup, "denied", by=by, at=at, **_kept(waiting))
    recording.void_record(signup, by=by, reason="带队人没有看到本人", at=at)
    waiting.delete()


@transaction.atomic
def take_back_nod(*, attendance: Attendance, by: Any, at: dt.datetime) -> Attendance:
    """Whoever nodded by a slip of the hand takes it back, within the undo window and while nothing has followed."""
    signup = queries.locked_signup(attendance.signup)
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if attendance.nodded_at is None or attendance.waits_for_nod:
        raise errors.NothingToUndo
    _refuse_to_take_back(attendance.nodded_by_id, attendance.nodded_at, signup, by=by.pk, at=at)
    if attendance.left_marked_at is not None and attendance.left_marked_at > attendance.nodded_at:
        raise errors.DecidedAlready  # they have left since, and the record was made of the nod
    attendance.waits_for_nod, attendance.nodded_by, attendance.nodded_at = True, None, None
    attendance.save(update_fields=["waits_for_nod", "nodded_by", "nodded_at"])
    record = records.standing_record(signup.source) if attendance.left_at is not None else None
    if record is not None:
        hours.take_back_confirmation(record=record, by=by, at=at)
    recording.note(signup, "took_back_nod", by=by, at=at)
    return attendance


@transaction.atomic
def take_back_denial(*, signup: Signup, by: Any, at: dt.datetime) -> Attendance:
    """The person was there after all: the claim that was struck out a moment ago waits again, as the trail kept it."""
    signup = queries.locked_signup(signup)
    denied = queries.latest_denial(signup)
    if denied is None or signup.state != Signup.State.TAKEN or Attendance.objects.filter(signup=signup).exists():
        raise errors.NothingToUndo
    _refuse_to_take_back(denied.actor_code, denied.at, signup, by=by.code, at=at)
    attendance = Attendance.objects.create(signup=signup, waits_for_nod=True, **_as_kept(denied.facts))
    if attendance.left_at is not None:
        recording.record(attendance, signup, by=attendance.left_marked_by, at=at)
    recording.note(signup, "took_back_denial", by=by, at=at)
    return attendance


def _refuse_to_take_back(decided_by: Any, decided_at: dt.datetime, signup: Signup, *, by: Any, at: dt.datetime) -> None:
    if decided_by != by:
        raise errors.DecisionOfAnother
    undo_minutes = recording.policy(signup, "undo_minutes", at=at)
    if not rules.may_undo(marked_at=decided_at, at=at, undo_minutes=undo_minutes):
        raise errors.TakingBackOver(minutes=undo_minutes)


MOMENTS = ("came_at", "came_marked_at", "left_at", "left_marked_at")
HANDS = ("came_marked_by", "left_marked_by")
PLAIN = ("came_how", "came_distance_m", "left_how", "left_distance_m")


def _kept(attendance: Attendance) -> dict[str, Any]:
    """All of a claim as plain values and codes of users: from the trail it can be set up again."""
    moments = {name: getattr(attendance, name) for name in MOMENTS}
    hands = {name: getattr(attendance, name) for name in HANDS}
    return {
        **{name: moment.isoformat() if moment is not None else "" for name, moment in moments.items()},
        **{name: user.code if user is not None else "" for name, user in hands.items()},
        **{name: getattr(attendance, name) for name in PLAIN},
    }


def _as_kept(facts: dict[str, Any]) -> dict[str, Any]:
    users = {user.code: user for user in User.objects.filter(code__in=[facts[name] for name in HANDS])}
    return {
        **{name: dt.datetime.fromisoformat(facts[name]) if facts[name] else None for name in MOMENTS},
        **{name: users.get(facts[name]) for name in HANDS},
        **{name: facts[name] for name in PLAIN},
    }
