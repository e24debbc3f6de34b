"""How a finished attendance becomes a service record, and what is written down about a sign-up. For the verbs here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinglin.activities import errors, fitness, rules
from xinglin.activities.models import Attendance, Signup
from xinglin.audit import actions as audit
from xinglin.hours import actions as hours
from xinglin.hours import queries as records
from xinglin.hours.models import Record
from xinglin.organisation import queries as organisation

How = Attendance.How


def record(attendance: Attendance, signup: Signup, *, by: Any, at: dt.datetime) -> Record | None:
    """The service as `hours` keeps it: inside the shift only, as sure as the weaker of both marks."""
    shift, left_at = signup.shift, attendance.left_at
    assert left_at is not None, "a record is made of a finished attendance"
    minutes = rules.served_minutes(shift.slot, came_at=attendance.came_at, left_at=left_at)
    if minutes == 0:
        return None
    part = rules.served(shift.slot, came_at=attendance.came_at, left_at=left_at)
    project = shift.activity.project
    provenance = rules.weaker(attendance.came_how, attendance.left_how)
    return hours.record_service(
        person=signup.volunteer.person,
        unit=project.unit,
        source=signup.source,
        title=f"{shift.activity.name} · {signup.post.name}"[:120],
        category=project.category,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        minutes=minutes,
        provenance=provenance,
        recorded_by=_who_entered(attendance) or by,
        at=at,
        confirmed_by=_second_person(attendance, recorded_by=by),
        waits_for_confirmation=attendance.waits_for_nod or provenance == How.TEAM_ENTRY,
        lacks=_lacks(attendance, signup),
    )


def _lacks(attendance: Attendance, signup: Signup) -> tuple[str, ...]:
    """Only what was entered later can lack anything: everybody else was asked on coming."""
    if attendance.came_how != How.TEAM_ENTRY:
        return ()
    lack = fitness.lack_of(signup, at=attendance.came_at)
    return lack.codes if lack is not None else ()


def _who_entered(attendance: Attendance) -> Any:
    """Whoever entered a mark later stands for the record, so that somebody else has to confirm it."""
    if attendance.left_how == How.TEAM_ENTRY:
        return attendance.left_marked_by
    return attendance.came_marked_by if attendance.came_how == How.TEAM_ENTRY else None


def _second_person(attendance: Attendance, *, recorded_by: Any) -> Any:
    """Who vouched, if that was somebody else than who recorded; else nobody has confirmed it yet."""
    is_entered = How.TEAM_ENTRY in (attendance.came_how, attendance.left_how)
    if is_entered or attendance.waits_for_nod or attendance.nodded_by in (None, recorded_by):
        return None
    return attendance.nodded_by


def void_record(signup: Signup, *, by: Any, reason: str, at: dt.datetime) -> None:
    record = records.standing_record(signup.source)
    if record is not None:
        hours.void(record=record, by=by, reason=reason, at=at, is_told=False)


def refuse_what_is_decided(attendance: Attendance, signup: Signup) -> None:
    """A record that the desk has voided, or confirmed while it waited, is no longer struck out or made anew here."""
    if attendance.left_at is None:
        return
    record = records.standing_record(signup.source)
    served = rules.served_minutes(signup.shift.slot, came_at=attendance.came_at, left_at=attendance.left_at)
    is_voided = record is None and served > 0
    has_waited = attendance.waits_for_nod or How.TEAM_ENTRY in (attendance.came_how, attendance.left_how)
    is_confirmed = record is not None and has_waited and record.state != Record.State.RECORDED
    if is_voided or is_confirmed:
        raise errors.DecidedAlready


def policy(signup: Signup, name: str, *, at: dt.datetime) -> Any:
    return organisation.policy(name, signup.shift.activity.project.unit, at=at)


def note(signup: Signup, verb: str, *, by: Any, at: dt.datetime, **facts: Any) -> None:
    unit = signup.shift.activity.project.unit
    audit.record(actor=by, verb=verb, thing=signup.source, at=at, unit_path=unit.path, facts=facts)
