"""The verbs of activities: taking a place, coming and leaving, vouching. One transaction each."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from typing import Any

from django.db import transaction

from xinglin.activities import errors, fitness, queries, recording, rules, telling
from xinglin.activities.consent_errors import ConsentWithdrawn, TheirConsentIsWithdrawn
from xinglin.activities.evidence import AWAITING_NOD, BY_HAND, ENTERED_LATER, Evidence
from xinglin.activities.minors import asking as minors
from xinglin.activities.minors import words
from xinglin.activities.models import Attendance, Post, Shift, Signup
from xinglin.audit import actions as audit
from xinglin.diary import actions as diary
from xinglin.diary.errors import AlreadyBusy
from xinglin.hours import queries as records
from xinglin.hours.models import Record
from xinglin.lib.clock import local_day
from xinglin.lib.errors import Refusal
from xinglin.lib.ids import short_code
from xinglin.lib.web.words import span_said
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Volunteer

How = Attendance.How

logger = logging.getLogger(__name__)


# Taking and giving back ----------------------------------------------------------------------------------------


@transaction.atomic
def take_shift(
    *, volunteer: Volunteer | None, post: Post, at: dt.datetime, by: Any = None, word: words.Word | None = None
) -> Signup:
    """Put a volunteer down for a post of a shift, or refuse with the reason. Twice is once.

    `by`: who does it for them, at their word; it stands in the trail and on the volunteer's own page.
    `word`: what a guardian without a telephone said to staff about this sign-up of their child.
    """
    if word is not None:
        words.refuse(word, by=by, at=at)
    post = Post.objects.select_for_update().get(pk=post.pk)  # two people, one last place
    if volunteer is not None:  # whoever leaves, or is suspended, at this moment has left or is suspended
        people.hold_together([volunteer])
        volunteer = people.held(volunteer)
    shift = Shift.objects.select_related("activity__project__unit").get(pk=post.shift_id)
    standing_signup = queries.signup_of(volunteer, shift)
    if standing_signup is not None and standing_signup.post_id != post.pk:
        raise errors.AlreadyTaken(post=standing_signup.post.name)
    if standing_signup is not None:
        return standing_signup
    unit = shift.activity.project.unit
    on = max(local_day(shift.starts_at), local_day(at))  # what runs out before the shift helps nobody
    place = queries.place_of(post, shift, at=at)
    minor = minors.asked_by(volunteer, shift, by=by, at=at, word=word) if volunteer is not None else None
    if volunteer is not None and minor is not None and not minor.is_old_enough:
        minors.hold_who_comes_along(volunteer, shift)
        minor = minors.asked_by(volunteer, shift, by=by, at=at, word=word)
    if minor is not None:
        place = replace(place, minimum_age=minor.minimum_age)
    try:
        rules.refuse_to_take(
            place,
            standing=people.standing(volunteer, at=at, on=on) if volunteer is not None else None,
            hurdles=queries.hurdles_before(place, volunteer, unit=unit, on=on, at=at) if volunteer is not None else (),
            at=at,
        )
    except ConsentWithdrawn as withdrawn:
        if by is None:
            raise
        raise TheirConsentIsWithdrawn from withdrawn
    assert volunteer is not None, "the rule refuses whoever is no volunteer"
    if minor is not None:
        minors.refuse(minor)
    guesses = queries.guesses_before(volunteer, shift)
    signup = Signup(code=short_code(), post=post, shift=shift, volunteer=volunteer, taken_at=at, taken_by=by, **guesses)
    # Before the row, so that one person's two tries meet in the diary and not in a constraint.
    book(signup=signup, at=at)
    signup.save(force_insert=True)
    if minor is None:
        word = None  # of a grown-up nobody is asked
    if word is not None:
        words.keep(word, signup=signup, by=by, at=at)
    audit.record(
        actor=by or volunteer.person.user,
        verb="took_shift" if by is None else "signed_up_other",
        thing=f"shift:{shift.code}",
        at=at,
        unit_path=unit.path,
        facts={"signup": signup.code, "post": post.code}
        | _on_behalf(volunteer, by)
        | (words.facts_of(word) if word is not None else {}),
    )
    if by is not None:
        telling.signed_up(signup, at=at)
    return signup


def _on_behalf(volunteer: Volunteer, by: Any) -> dict[str, str]:
    """For whom somebody else did it."""
    return {"on_behalf": volunteer.person.code} if by is not None else {}


def book(*, signup: Signup, at: dt.datetime) -> None:
    """The database refuses what overlaps."""
    shift = signup.shift
    try:
        diary.book(
            person=signup.volunteer.person, starts_at=shift.starts_at, ends_at=shift.ends_at, source=signup.source
        )
    except AlreadyBusy as busy:
        raise errors.ShiftOverlaps(when=_span(busy.starts_at, busy.ends_at, at=at)) from busy


@transaction.atomic
def cancel_signup(*, signup: Signup, reason: str = "", at: dt.datetime, by: Any = None) -> Signup:
    """Give the place back. Short before the shift a reason is asked for, and the cancel is kept as a late one.

    `by`: a guardian who does it for a child, or staff for somebody whom they assist.
    """
    signup = queries.locked_signup(signup)
    if signup.state == Signup.State.TAKEN:
        _cancel(signup, reason=reason, at=at, by=by)
    return signup


def _cancel(signup: Signup, *, reason: str, at: dt.datetime, by: Any) -> None:
    """Of a sign-up that is held and stands."""
    shift, reason = signup.shift, reason.strip()[:300]
    unit = shift.activity.project.unit
    is_late = queries.is_late_cancel(signup, at=at)
    has_come = Attendance.objects.filter(signup=signup).exists()
    cancel_hours = organisation.policy("cancel_hours", unit, at=at)
    rules.refuse_to_cancel(
        shift.slot, has_come=has_come, is_late=is_late, reason=reason, at=at, cancel_hours=cancel_hours
    )
    signup.state = Signup.State.CANCELLED
    signup.cancelled_at = at
    signup.cancelled_late = is_late
    signup.cancel_reason = reason
    signup.save(update_fields=["state", "cancelled_at", "cancelled_late", "cancel_reason"])
    diary.release(source=signup.source, at=at)
    minors.let_go_alone(signup, at=at)
    audit.record(
        actor=by or signup.volunteer.person.user,
        verb="cancelled_signup",
        thing=f"shift:{shift.code}",
        at=at,
        unit_path=unit.path,
        facts={"signup": signup.code, "late": signup.cancelled_late} | _on_behalf(signup.volunteer, by),
    )


@transaction.atomic
def cancel_for(*, signup: Signup, reason: str, by: Any, at: dt.datetime) -> Signup:
    """Whoever may sign up others gives a place back at somebody's word: who said so, and why, is written down."""
    organisation.demand(by, "sign_up_others", signup.shift.activity.project.unit)
    if not reason.strip():
        raise errors.CancelReasonNeeded
    signup = queries.locked_signup(signup)
    if signup.state != Signup.State.TAKEN:  # twice is once
        return signup
    _cancel(signup, reason=reason, by=by, at=at)
    telling.cancelled_by_other(signup, at=at)
    if by.pk != signup.shift.leader_id:
        telling.given_back([signup], at=at)
    return signup


def note_call(*, signup: Signup, at: dt.datetime) -> None:
    """Somebody who signed up was shown the leader's phone."""
    recording.note(signup, "saw_leaders_phone", by=signup.volunteer.person.user, at=at)


# Coming and leaving --------------------------------------------------------------------------------------------


@transaction.atomic
def come(
    *, signup: Signup, evidence: Evidence, by: Any, at: dt.datetime, came_at: dt.datetime | None = None
) -> Attendance:
    """Write down that a volunteer is there. Twice is once: whoever came has come.

    `by` is who pressed. A leader may enter a `came_at` that has passed. Whoever may not serve is not checked in; what a
    leader enters later has happened all the same, and goes to the second person with what was lacking.
    """
    signup = queries.locked_signup(signup)
    _refuse_unless_expected(signup)
    standing = Attendance.objects.filter(signup=signup).first()
    if standing is not None:
        return standing
    evidence = _not_by_ones_own_code(signup, evidence, by=by)
    came_at = _time_of_mark(signup, evidence, by=by, given=came_at, at=at)
    if evidence.how != How.LEADER:
        rules.refuse_to_come(signup.shift.slot, at=at, early_minutes=recording.policy(signup, "early_minutes", at=at))
    evidence = _as_later_entry(signup, evidence, marked_for=came_at, at=at)
    lack = fitness.lack_of(signup, at=came_at)
    if lack is not None and evidence != ENTERED_LATER:
        raise _cannot_serve(signup, lack, by=by)
    attendance = Attendance.objects.create(
        signup=signup,
        came_at=came_at,
        came_how=evidence.how,
        came_marked_at=at,
        came_marked_by=by,
        came_distance_m=evidence.distance_m,
        waits_for_nod=evidence.how == How.NOD,
    )
    lacks = {"lacks": list(lack.codes)} if lack is not None else {}
    recording.note(signup, "came", by=by, at=at, how=evidence.how, came_at=came_at.isoformat(), **lacks)
    return attendance


@transaction.atomic
def leave(
    *, signup: Signup, evidence: Evidence, by: Any, at: dt.datetime, left_at: dt.datetime | None = None
) -> Record | None:
    """Write down that a volunteer left, and record the service in the same breath. Twice is once.

    Answers the record, or None where not one minute lay inside the shift. A leader's time replaces a forced one.
    """
    signup = queries.locked_signup(signup)
    _refuse_unless_expected(signup)
    attendance = Attendance.objects.select_for_update().filter(signup=signup).first()  # eight presses, one record
    if attendance is None:
        raise errors.NotYetCome
    if attendance.left_at is not None and not _replaces(evidence, attendance):
        return records.standing_record(signup.source)
    evidence = _not_by_ones_own_code(signup, evidence, by=by)
    left_at = _time_of_mark(signup, evidence, by=by, given=left_at, at=at)
    if left_at < attendance.came_at:
        raise errors.NotYetCome
    if attendance.left_at is not None:
        recording.refuse_what_is_decided(attendance, signup)
    if evidence.how != How.LEADER:
        rules.refuse_to_leave(signup.shift.slot, at=at, late_minutes=recording.policy(signup, "late_minutes", at=at))
    if attendance.left_at is None:
        evidence = _as_later_entry(signup, evidence, marked_for=left_at, at=at)
    else:  # what the clock had guessed waited for the leader anyway
        recording.void_record(signup, by=by, reason="带队人登记了离开的时间", at=at)
        attendance.waits_for_nod = attendance.came_how == How.NOD and attendance.nodded_at is None
    return _close(attendance, signup, evidence, left_at=left_at, by=by, at=at)


def _replaces(evidence: Evidence, attendance: Attendance) -> bool:
    """A leader who saw the volunteer go knows better than the clock that closed the attendance."""
    is_open_guess = attendance.left_how == How.FORCED and attendance.waits_for_nod
    return is_open_guess and evidence.how == How.LEADER


def _close(
    attendance: Attendance, signup: Signup, evidence: Evidence, *, left_at: dt.datetime, by: Any, at: dt.datetime
) -> Record | None:
    attendance.left_at = left_at
    attendance.left_how = evidence.how
    attendance.left_marked_at = at
    attendance.left_marked_by = by
    attendance.left_distance_m = evidence.distance_m
    if evidence.how in BY_HAND and attendance.waits_for_nod:  # who has seen them go has seen them there
        attendance.waits_for_nod, attendance.nodded_by, attendance.nodded_at = False, by, at
    attendance.waits_for_nod = attendance.waits_for_nod or evidence.how in (How.NOD, How.FORCED)
    attendance.save()
    recording.note(signup, "left", by=by, at=at, how=evidence.how, left_at=left_at.isoformat())
    return recording.record(attendance, signup, by=by, at=at)


@transaction.atomic
def undo(*, signup: Signup, by: Any, at: dt.datetime) -> str:
    """Take back the latest mark within the undo window: `left` (which voids the record) or `came`.

    The times that were marked stay in the audit trail.
    """
    signup = queries.locked_signup(signup)
    _refuse_oneself_as_leader(signup, by=by)
    attendance = Attendance.objects.select_for_update().filter(signup=signup).first()
    if attendance is None:
        raise errors.NothingToUndo
    marked_at = attendance.left_marked_at or attendance.came_marked_at
    undo_minutes = recording.policy(signup, "undo_minutes", at=at)
    rules.refuse_to_undo(marked_at=marked_at, at=at, undo_minutes=undo_minutes)
    recording.refuse_what_is_decided(attendance, signup)
    if attendance.left_at is None:
        recording.note(
            signup, "undid_came", by=by, at=at, how=attendance.came_how, came_at=attendance.came_at.isoformat()
        )
        attendance.delete()
        if signup.joined_late:
            _withdraw(signup, by=by, at=at)
        return "came"
    recording.note(signup, "undid_left", by=by, at=at, how=attendance.left_how, left_at=attendance.left_at.isoformat())
    recording.void_record(signup, by=by, reason="撤销签退", at=at)
    attendance.left_at = attendance.left_marked_at = attendance.left_marked_by = attendance.left_distance_m = None
    attendance.left_how = ""
    attendance.waits_for_nod = attendance.came_how == How.NOD and attendance.nodded_at is None
    attendance.save()
    return "left"


def _withdraw(signup: Signup, *, by: Any, at: dt.datetime) -> None:
    """Who was put down only because they had come, and had not, is not put down either."""
    signup.state, signup.cancelled_at = Signup.State.CANCELLED, at
    signup.save(update_fields=["state", "cancelled_at"])
    diary.release(source=signup.source, at=at)
    recording.note(signup, "withdrew_late_signup", by=by, at=at)


def close_forgotten(*, at: dt.datetime, limit: int = 500) -> int:
    """Sign out at the shift's end whoever forgot, each in a transaction of its own; a leader must confirm it."""
    closed = 0
    for attendance in queries.forgotten(at=at)[:limit]:
        slot = attendance.signup.shift.slot
        late_minutes = recording.policy(attendance.signup, "late_minutes", at=at)
        if at > rules.leave_closes_at(slot, late_minutes=late_minutes):
            closed += _force_or_tell(attendance, at=at)
    return closed


def _force_or_tell(attendance: Attendance, *, at: dt.datetime) -> bool:
    """One that cannot be closed must not keep the others open; whoever runs the house reads of it."""
    try:
        return _force(attendance, at=at)
    except Refusal as refusal:
        logger.error("attendance of %s was not closed: %s", attendance.signup.source, refusal.code)
        return False


@transaction.atomic
def _force(attendance: Attendance, *, at: dt.datetime) -> bool:
    signup = queries.locked_signup(attendance.signup)
    standing = Attendance.objects.select_for_update().filter(pk=attendance.pk, left_at__isnull=True).first()
    if standing is None:
        return False  # somebody was quicker
    left_at = max(signup.shift.ends_at, standing.came_at)
    _close(standing, signup, Evidence(How.FORCED), left_at=left_at, by=None, at=at)
    return True


def end_shifts(*, at: dt.datetime) -> int:
    """Shifts that are over leave the list of what is open, once their unit takes no more marks by hand."""
    over = Shift.objects.filter(state=Shift.State.OPEN, ends_at__lt=at)
    ended = 0
    for unit in Unit.objects.filter(projects__activities__shifts__in=over).distinct():
        hours = dt.timedelta(hours=organisation.policy("mark_hours", unit, at=at))
        ended += over.filter(activity__project__unit=unit, ends_at__lt=at - hours).update(state=Shift.State.CLOSED)
    return ended


def _not_by_ones_own_code(signup: Signup, evidence: Evidence, *, by: Any) -> Evidence:
    """Whoever can show the rotating code proves nothing by scanning it: somebody else has to nod."""
    if evidence.how == How.CODE and queries.may_lead(by, signup.shift):
        return AWAITING_NOD
    return evidence


def _refuse_unless_expected(signup: Signup) -> None:
    if signup.state == Signup.State.CALLED_OFF:
        raise errors.ShiftCalledOff
    if signup.state != Signup.State.TAKEN:
        raise errors.NotSignedUp(shift=signup.shift.code)


def _cannot_serve(signup: Signup, lack: fitness.Lack, *, by: Any) -> Refusal:
    """Said to whoever pressed: the volunteer, or the leader who marks them."""
    person = signup.volunteer.person
    if by.pk == person.user_id:
        return errors.MayNotServe(lacks=lack)
    return errors.TheyMayNotServe(name=person.name, lacks=lack)


def _refuse_oneself_as_leader(signup: Signup, *, by: Any) -> None:
    """Undoing one's own press is everyone's; a leader's mark on one's own name is another leader's."""
    attendance = Attendance.objects.filter(signup=signup).first()
    if attendance is None or by.pk != signup.volunteer.person.user_id:
        return
    latest = attendance.left_how or attendance.came_how
    if latest in BY_HAND:
        raise errors.NotOneself


def _time_of_mark(
    signup: Signup, evidence: Evidence, *, by: Any, given: dt.datetime | None, at: dt.datetime
) -> dt.datetime:
    """Whoever presses is marked for this moment; a leader may enter an earlier one, and never marks themself."""
    if evidence.how != How.LEADER:
        return at
    if by.pk == signup.volunteer.person.user_id:
        raise errors.NotOneself
    marked_for = given or at
    rules.refuse_to_mark(
        signup.shift.slot,
        marked_for=marked_for,
        at=at,
        early_minutes=recording.policy(signup, "early_minutes", at=at),
        late_minutes=recording.policy(signup, "late_minutes", at=at),
        mark_hours=recording.policy(signup, "mark_hours", at=at),
    )
    return marked_for


def _as_later_entry(signup: Signup, evidence: Evidence, *, marked_for: dt.datetime, at: dt.datetime) -> Evidence:
    """What a leader enters long after the moment counts as entered by hand, not as seen."""
    entry_minutes = recording.policy(signup, "entry_minutes", at=at)
    is_later = rules.is_later_entry(marked_for=marked_for, at=at, entry_minutes=entry_minutes)
    return ENTERED_LATER if evidence.how == How.LEADER and is_later else evidence


def _span(starts_at: dt.datetime, ends_at: dt.datetime, *, at: dt.datetime) -> str:
    return span_said(starts_at, ends_at, today=local_day(at))
