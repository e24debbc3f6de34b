"""Decisions about people: how an application moves, who counts as able, how numbers are masked. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from xinglin.people.errors import (
    AlreadyDecided,
    GuardianConsents,
    ReasonNeeded,
    TooLateToReopen,
    TooYoungToApply,
    TooYoungToServe,
)

MOST_TRIES = 3
GUARDIAN = "guardian"  # in which capacity somebody consents
AGE_OF_CONSENT = 14  # to what is kept of oneself; the law's, the same in every city

# state → verb → next state. What is not listed is refused: somebody else was quicker, or the applicant withdrew.
APPLICATION_MOVES: dict[str, dict[str, str]] = {
    "submitted": {"approve": "approved", "ask_back": "asked_back", "refuse": "refused", "withdraw": "withdrawn"},
    "asked_back": {"answer": "submitted", "withdraw": "withdrawn", "reopen": "submitted"},
    "refused": {"reopen": "submitted"},
    "approved": {"take_back": "submitted"},
    "withdrawn": {},
}
NEEDS_REASON = frozenset({"ask_back", "refuse"})


@dataclass(frozen=True)
class Standing:
    """What a shift must know of a volunteer before it takes them on."""

    state: str
    age: int | None
    agreement_signed: bool
    abilities: frozenset[str]
    lapsed: Mapping[str, tuple[str, dt.date]]  # what was valid once: the licence that it rested on, and its last day
    resting: Mapping[str, str] = field(default_factory=dict)  # a licence that counts → the one held that includes it
    has_withdrawn: bool = False  # the consent to what is kept of them: no new shift can be arranged


def next_state(state: str, verb: str, *, state_said: str) -> str:
    """Where an application goes from `state` by `verb`; refuses with the state in words."""
    moves = APPLICATION_MOVES[state]
    if verb not in moves:
        raise AlreadyDecided(state=state_said)
    return moves[verb]


def reason_for(verb: str, reason: str) -> str:
    """The reason as it is kept; asking back and refusing cannot go without one."""
    reason = reason.strip()
    if verb in NEEDS_REASON and not reason:
        raise ReasonNeeded
    return reason[:300]


def refuse_late_reopening(decided_at: dt.datetime | None, *, at: dt.datetime, undo_minutes: int) -> None:
    """A slip of the hand can be taken back while nobody has acted on it yet."""
    if decided_at is None or at - decided_at > dt.timedelta(minutes=undo_minutes):
        raise TooLateToReopen


def refuse_too_young(born_on: dt.date, *, minimum_age: int, on: dt.date) -> None:
    """Below the policy's age a guardian has to come along, in person."""
    if age_on(born_on, on=on) < minimum_age:
        raise TooYoungToApply(minimum_age=minimum_age)


def refuse_newcomer(age: int, *, capacity: str, lowest_age: int, adult_age: int) -> None:
    """Whom the desk may register: from the lowest age on, and a minor by a guardian's word only."""
    if age < lowest_age:
        raise TooYoungToServe(age=lowest_age)
    if age < adult_age and capacity != GUARDIAN:
        raise GuardianConsents(age=adult_age)


def age_on(born_on: dt.date, *, on: dt.date) -> int:
    """Whole years: a birthday counts from the day itself."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_a_childs(born_on: dt.date | None, *, on: dt.date) -> bool:
    """Is the word on what is kept of somebody their guardian's? Whoever's birthday is unknown decides themselves."""
    return born_on is not None and age_on(born_on, on=on) < AGE_OF_CONSENT


def is_same_name(one: str, other: str) -> bool:
    """The same, however blanks stand in it."""
    return "".join(one.split()) == "".join(other.split())


def masked_document(tail: str) -> str:
    """What every page shows of a document's number."""
    return f"**************{tail}"


def number_said(value: int) -> str:
    """The volunteer number as it stands on the card: `V0000123`."""
    return f"V{value:07d}"


# ── Who belongs to whom ──

# What I am to somebody who is this to me. Everyone else is the same from both sides.
MIRRORED = {"parent": "child", "child": "parent"}


def seen_from_the_other_side(kind: str) -> str:
    """A relation as the other one would name it."""
    return MIRRORED.get(kind, kind)
