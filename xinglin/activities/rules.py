"""Decisions of activities: who may take a place, when hands may be shown, how long was served, which code is fresh.

Pure: values in, answer or refusal out.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from xinglin.activities import errors
from xinglin.activities.consent_errors import ConsentWithdrawn
from xinglin.lib.web.words import clock_said, in_china

# How sure a mark is, surest first. A record is as sure as the weaker of its two marks.
CERTAINTY = ("code", "location", "nod", "leader", "forced", "team_entry")

WINDOW_SECONDS = 30
WINDOWS_ACCEPTED = 3  # the current one and two before: whoever scans has a minute at least to press the button
WRONG_CODES_ALLOWED = 5
WRONG_CODE_REST = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Slot:
    """A span of time that can be served."""

    starts_at: dt.datetime
    ends_at: dt.datetime


class Standing(Protocol):
    """What `people` says of a volunteer; people.rules.Standing is one."""

    @property
    def state(self) -> str: ...
    @property
    def age(self) -> int | None: ...
    @property
    def agreement_signed(self) -> bool: ...
    @property
    def abilities(self) -> frozenset[str]: ...
    @property
    def lapsed(self) -> Mapping[str, tuple[str, dt.date]]: ...
    @property
    def has_withdrawn(self) -> bool: ...


class Hurdle(Protocol):
    """A gate of vetting that is shut for the volunteer; people.vetting.rules.Hurdle is one."""

    @property
    def gate(self) -> str: ...
    @property
    def ended_on(self) -> dt.date | None: ...


@dataclass(frozen=True)
class Place:
    """What a post offers at this moment."""

    closes_at: dt.datetime
    shift_state: str
    requires: str
    places_left: int
    minimum_age: int
    gate_names: Mapping[str, Any]  # of all the gates there are
    unit_code: str = ""  # whose shift it is
    gates: Sequence[str] = ("agreement",)  # those that the service asks for


# Taking and giving back ----------------------------------------------------------------------------------------


def refuse_to_take(place: Place, *, standing: Standing | None, hurdles: Sequence[Hurdle] = (), at: dt.datetime) -> None:
    """Raise the first reason why this person cannot have a place of this post now.

    What no one can have comes first, then who is asking, then what the post asks, and last whether one is left:
    so nobody is told to sign a paper for a shift that is called off.
    """
    if place.shift_state == "cancelled":
        raise errors.ShiftCalledOff
    if place.shift_state != "open" or at >= place.closes_at:
        raise errors.SignUpClosed(closes=clock_said(place.closes_at))
    _refuse_who_does_not_fit(place, standing, hurdles)
    if place.places_left < 1:
        raise errors.ShiftFull


def refuse_to_join_late(
    place: Place, slot: Slot, *, standing: Standing, hurdles: Sequence[Hurdle] = (), at: dt.datetime, mark_hours: int
) -> None:
    """Raise the first reason why a person who stood there unannounced cannot be put down afterwards.

    How many places there were no longer counts: whoever signed the sheet was there.
    """
    if place.shift_state == "cancelled":
        raise errors.ShiftCalledOff
    if at < slot.starts_at:
        raise errors.JoinsBeforeStart
    if at > marks_by_hand_end(slot, mark_hours=mark_hours):
        raise errors.MarkingOver
    _refuse_who_does_not_fit(place, standing, hurdles)


def _refuse_who_does_not_fit(place: Place, standing: Standing | None, hurdles: Sequence[Hurdle]) -> None:
    if standing is None:
        raise errors.NotAVolunteer
    if standing.state == "left":
        raise errors.HasLeft
    if standing.state != "active":
        raise errors.VolunteerSuspended
    if standing.has_withdrawn:
        raise ConsentWithdrawn
    if "agreement" in place.gates and not standing.agreement_signed:
        raise errors.AgreementNotSigned
    if standing.age is None:  # it may be a child, whatever the minimum
        raise errors.AgeUnknown
    if standing.age < place.minimum_age:
        raise errors.TooYoung(age=place.minimum_age)
    for hurdle in hurdles:
        _refuse_at_gate(hurdle, place)
    if place.requires and place.requires not in standing.abilities:
        if place.requires in standing.lapsed:
            held, until = standing.lapsed[place.requires]
            raise errors.LicenceExpired(requires=held, day=until.isoformat())
        raise errors.LacksAbility(requires=place.requires)


def _refuse_at_gate(hurdle: Hurdle, place: Place) -> None:
    """Cover comes before everything: nobody can get it for themselves, so they are told whom to ask."""
    gate = place.gate_names[hurdle.gate]
    if hurdle.gate == "insurance":
        raise errors.NotInsured
    if hurdle.gate == "training" and place.unit_code:
        raise errors.NotTrained(gate=gate, unit=place.unit_code)
    if hurdle.ended_on is not None:
        raise errors.GateExpired(gate=gate, day=hurdle.ended_on.isoformat())
    raise errors.NotVetted(gate=gate)


def lacking(*, is_off_duty: bool, hurdles: Sequence[Hurdle], is_able: bool) -> tuple[str, ...]:
    """What keeps whoever holds a place from serving, by its codes; nothing: they may."""
    found = ["off_duty"] if is_off_duty else []
    found += [hurdle.gate for hurdle in hurdles]
    return tuple(found if is_able else [*found, "ability"])


def is_late_cancel(slot: Slot, *, taken_at: dt.datetime, at: dt.datetime, cancel_hours: int, undo_minutes: int) -> bool:
    """Is it so short before the shift that the leader must hear of it? A slip of the hand a moment ago is not."""
    if at <= taken_at + dt.timedelta(minutes=undo_minutes):
        return False
    return at > free_cancel_until(slot, cancel_hours=cancel_hours)


def free_cancel_until(slot: Slot, *, cancel_hours: int) -> dt.datetime:
    return slot.starts_at - dt.timedelta(hours=cancel_hours)


def refuse_to_cancel(
    slot: Slot, *, has_come: bool, is_late: bool, reason: str, at: dt.datetime, cancel_hours: int
) -> None:
    """Before the shift one may always give the place back; late, with a reason. After it began, only a slip."""
    if has_come or (at >= slot.starts_at and is_late):
        raise errors.CannotCancel
    if is_late and not reason.strip():
        raise errors.LateCancelNeedsReason(hours=cancel_hours)


# Coming and leaving --------------------------------------------------------------------------------------------


def come_opens_at(slot: Slot, *, early_minutes: int) -> dt.datetime:
    return slot.starts_at - dt.timedelta(minutes=early_minutes)


def leave_closes_at(slot: Slot, *, late_minutes: int) -> dt.datetime:
    return slot.ends_at + dt.timedelta(minutes=late_minutes)


def refuse_to_come(slot: Slot, *, at: dt.datetime, early_minutes: int) -> None:
    opens_at = come_opens_at(slot, early_minutes=early_minutes)
    if at < opens_at:
        raise errors.ComeTooEarly(opens=clock_said(opens_at))
    if at >= slot.ends_at:
        raise errors.ShiftIsOver


def refuse_to_leave(slot: Slot, *, at: dt.datetime, late_minutes: int) -> None:
    if at > leave_closes_at(slot, late_minutes=late_minutes):
        raise errors.LeaveTooLate


def marks_by_hand_end(slot: Slot, *, mark_hours: int) -> dt.datetime:
    return slot.ends_at + dt.timedelta(hours=mark_hours)


def refuse_to_mark(
    slot: Slot, *, marked_for: dt.datetime, at: dt.datetime, early_minutes: int, late_minutes: int, mark_hours: int
) -> None:
    """A leader may enter a time that has passed, within the windows of the shift, as long as the unit allows."""
    if at > marks_by_hand_end(slot, mark_hours=mark_hours):
        raise errors.MarkingOver
    opens_at = come_opens_at(slot, early_minutes=early_minutes)
    closes_at = leave_closes_at(slot, late_minutes=late_minutes)
    if marked_for > at or not opens_at <= marked_for <= closes_at:
        raise errors.BadMarkTime(opens=clock_said(opens_at), closes=clock_said(closes_at))


def is_later_entry(*, marked_for: dt.datetime, at: dt.datetime, entry_minutes: int) -> bool:
    """Was it entered from memory rather than seen? Then it takes a second person, like all hours entered by hand."""
    return at - marked_for > dt.timedelta(minutes=entry_minutes)


def moment_near(slot: Slot, time: dt.time) -> dt.datetime:
    """The moment of this time of day that lies nearest to the shift: past midnight it is the next day's."""
    starts = in_china(slot.starts_at)
    days = [starts.date() + dt.timedelta(days=days) for days in (0, 1, -1)]
    moments = [dt.datetime.combine(day, time, tzinfo=starts.tzinfo) for day in days]
    return min(moments, key=lambda moment: max(slot.starts_at - moment, moment - slot.ends_at, dt.timedelta(0)))


def may_call_leader(slot: Slot, *, at: dt.datetime, cancel_hours: int, mark_hours: int) -> bool:
    """From when cancelling takes a call, at the latest from the day of the shift, until marks by hand end."""
    midnight = in_china(slot.starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    opens_at = min(midnight, free_cancel_until(slot, cancel_hours=cancel_hours))
    return opens_at <= at <= marks_by_hand_end(slot, mark_hours=mark_hours)


def refuse_to_undo(*, marked_at: dt.datetime, at: dt.datetime, undo_minutes: int) -> None:
    if not may_undo(marked_at=marked_at, at=at, undo_minutes=undo_minutes):
        raise errors.UndoOver(minutes=undo_minutes)


def may_undo(*, marked_at: dt.datetime, at: dt.datetime, undo_minutes: int) -> bool:
    return at <= marked_at + dt.timedelta(minutes=undo_minutes)


def served(slot: Slot, *, came_at: dt.datetime, left_at: dt.datetime) -> Slot:
    """The part of a stay that lies inside the shift; empty (ends where it starts) when none does."""
    starts_at = min(max(slot.starts_at, came_at), slot.ends_at)
    return Slot(starts_at, max(starts_at, min(slot.ends_at, left_at)))


def served_minutes(slot: Slot, *, came_at: dt.datetime, left_at: dt.datetime) -> int:
    """Minutes served inside the shift. Early arrival and late leaving earn nothing."""
    part = served(slot, came_at=came_at, left_at=left_at)
    return int((part.ends_at - part.starts_at).total_seconds()) // 60


def weaker(one: str, other: str) -> str:
    """Of two ways in which a mark was seen, the less sure one."""
    return max(one, other, key=CERTAINTY.index)


# The rotating code ---------------------------------------------------------------------------------------------


def token(key: bytes, shift_code: str, *, at: dt.datetime) -> str:
    """What the leader's QR code carries in this half minute."""
    return _token(key, shift_code, _window(at))


def spoken_code(key: bytes, shift_code: str, *, at: dt.datetime) -> str:
    """The same half minute as six digits, to be read aloud to whoever cannot scan."""
    return _spoken(key, shift_code, _window(at))


def is_fresh_token(key: bytes, shift_code: str, given: str, *, at: dt.datetime) -> bool:
    expected = (_token(key, shift_code, window) for window in _accepted(at))
    return any([hmac.compare_digest(given.encode(), token.encode()) for token in expected])


def is_fresh_spoken_code(key: bytes, shift_code: str, given: str, *, at: dt.datetime) -> bool:
    expected = (_spoken(key, shift_code, window) for window in _accepted(at))
    return any([hmac.compare_digest(given.encode(), code.encode()) for code in expected])


def must_rest_from_guessing(*, wrong_codes: int, wrong_code_at: dt.datetime | None, at: dt.datetime) -> bool:
    """After some wrong codes the digits are closed for a while; scanning stays open."""
    if wrong_code_at is None or wrong_codes < WRONG_CODES_ALLOWED:
        return False
    return at < wrong_code_at + WRONG_CODE_REST


def seconds_left(at: dt.datetime) -> int:
    """How long the shown code stays the current one."""
    return WINDOW_SECONDS - int(at.timestamp()) % WINDOW_SECONDS


def _window(at: dt.datetime) -> int:
    return int(at.timestamp()) // WINDOW_SECONDS


def _accepted(at: dt.datetime) -> range:
    return range(_window(at) - WINDOWS_ACCEPTED + 1, _window(at) + 1)


def _token(key: bytes, shift_code: str, window: int) -> str:
    return base64.b32encode(_sealed(key, "token", shift_code, window)[:10]).decode().lower()


def _spoken(key: bytes, shift_code: str, window: int) -> str:
    return f"{int.from_bytes(_sealed(key, 'spoken', shift_code, window)[:8], 'big') % 1_000_000:06d}"


def _sealed(key: bytes, purpose: str, shift_code: str, window: int) -> bytes:
    return hmac.new(key, f"shift {purpose}\0{shift_code}\0{window}".encode(), hashlib.sha256).digest()
