"""The life of a service record, its rounding, and when it takes effect. Pure: values in, answers out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from xinglin.hours.errors import (
    DecisionOfAnother,
    MoreThanServed,
    NotForOneself,
    NotYetOver,
    ReasonNeeded,
    TooLateToUndo,
    TwoPeopleNeeded,
    WrongState,
)
from xinglin.lib.web.words import in_china


class State(StrEnum):
    """Where a record stands."""

    RECORDED = "recorded"
    PUBLICISED = "publicised"
    EFFECTIVE = "effective"
    VOIDED = "voided"


# state → what may be done with it → where that leads
STEPS: dict[State, dict[str, State]] = {
    State.RECORDED: {"confirm": State.PUBLICISED, "void": State.VOIDED},
    State.PUBLICISED: {"take_effect": State.EFFECTIVE, "void": State.VOIDED, "take_back": State.RECORDED},
    State.EFFECTIVE: {"void": State.VOIDED},
    State.VOIDED: {"restore": State.RECORDED},
}

STEP_OF_ROUNDING = {"none": 1, "down5": 5, "down10": 10, "down15": 15}
LONGEST_REASON = 300
WHOLE_RATE = 100


@dataclass(frozen=True)
class Terms:
    """The policies of the unit that a record falls under, as they held when it was recorded."""

    undo_minutes: int
    publication_days: int
    rounding: str
    credited_provenance: Collection[str]
    credit_rates: Mapping[str, int] = field(default_factory=dict)
    daily_credit_minutes: int = 0

    def rate_percent(self, category: str) -> int:
        """What a minute of this category is worth to the time bank."""
        return self.credit_rates.get(category, WHOLE_RATE)


def may_step(state: str, step: str) -> bool:
    """Does this step lead anywhere from here?"""
    return step in STEPS[State(state)]


def after(state: str, step: str, *, state_said: str = "") -> State:
    """Where a step leads, or a refusal that names the state the record is in."""
    if not may_step(state, step):
        raise WrongState(state=state_said or state)
    return STEPS[State(state)][step]


def refuse_to_record(*, starts_at: dt.datetime, ends_at: dt.datetime, minutes: int, at: dt.datetime) -> None:
    """A record is never in the future, and never longer than its span."""
    assert starts_at <= ends_at, "nobody leaves before coming"
    if ends_at > at:
        raise NotYetOver
    if dt.timedelta(minutes=minutes) > ends_at - starts_at:
        raise MoreThanServed


def refuse_to_confirm(*, by: int, served: int, recorded_by: int | None) -> None:
    """Somebody else vouches: neither who served nor who entered it."""
    if by == served:
        raise NotForOneself
    if by == recorded_by:
        raise TwoPeopleNeeded


def refuse_to_take_back(
    *, decided_by: Any, by: Any, decided_at: dt.datetime | None, at: dt.datetime, undo_minutes: int
) -> None:
    """Whoever decided takes a slip of the hand back, within minutes: before that nothing has taken effect."""
    if decided_at is None or at > decided_at + dt.timedelta(minutes=undo_minutes):
        raise TooLateToUndo
    if decided_by != by:
        raise DecisionOfAnother


def reason_to_void(reason: str) -> str:
    """The reason as it will be kept, or a refusal when there is none."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ReasonNeeded
    return reason


def rounded(minutes: int, profile: str) -> int:
    """Minutes after rounding, always down: nobody gains by it. Applied once, when the record is made."""
    step = STEP_OF_ROUNDING[profile]
    return minutes - minutes % step


def takes_effect_at(*, at: dt.datetime, undo_minutes: int, publication_days: int) -> dt.datetime:
    """The moment after the undo window and after so many whole local days of publication.

    What is published in the afternoon is shown for whole days beginning with the next one: whoever looks each
    morning has seen it as often as the policy promises.
    """
    undo_over = at + dt.timedelta(minutes=undo_minutes)
    if not publication_days:
        return undo_over
    begun = in_china(at)
    midnight_after = dt.datetime.combine(
        begun.date() + dt.timedelta(days=publication_days + 1), dt.time(), tzinfo=begun.tzinfo
    )
    return max(undo_over, midnight_after)


def is_credited(*, minutes: int, provenance: str, category: str, terms: Terms) -> bool:
    """Does the time bank take it, or does it count for honour only?"""
    return minutes > 0 and provenance in terms.credited_provenance and terms.rate_percent(category) > 0
