"""When a notice may go out, and what becomes of a try. Pure: values in, answers out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from xinglin.lib.web.words import in_china


class Channel(StrEnum):
    """How a notice leaves the house. In the house itself everyone finds all of them."""

    SMS = "sms"
    MAIL = "mail"
    WECHAT = "wechat"


class State(StrEnum):
    """Where one notice stands on one channel."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    NOT_WANTED = "not_wanted"
    NO_ADDRESS = "no_address"


class Topic(StrEnum):
    """What a notice is about: what a person chooses by."""

    APPLICATION = "application"
    SHIFT = "shift"
    MINUTES = "minutes"
    STAR = "star"
    BENEFIT = "benefit"
    VETTING = "vetting"
    CIRCULAR = "circular"
    GENERAL = "general"


# A text message costs money and interrupts, so it is for what cannot wait; the other two a person has asked for.
WANTED = {
    Channel.SMS: frozenset({Topic.APPLICATION, Topic.SHIFT, Topic.CIRCULAR, Topic.GENERAL}),
    Channel.MAIL: frozenset(Topic),
    Channel.WECHAT: frozenset(Topic),
}
# How long after each try that failed comes the next; after the last nobody tries by themselves.
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
# A worker that fell leaves its delivery behind; after this time it is anybody's again. It is longer than any try can
# take, and shorter than the ten minutes in which WeChat knows the same message again.
LEASE = dt.timedelta(minutes=5)
# What could not be told within this time is no news any more.
STALE = dt.timedelta(days=3)
CODE_LIVES = dt.timedelta(minutes=10)
CODE_TRIES = 5
KEPT = dt.timedelta(days=400)
TAKEN_BACK = "taken_back"  # the trouble of a delivery whose news is not true any more: nobody sends it again


@dataclass(frozen=True)
class Quiet:
    """From when until when a person is left in peace, by the clock of China; both the same: never."""

    begins: dt.time = dt.time(22)
    ends: dt.time = dt.time(7)


def quiet_until(at: dt.datetime, quiet: Quiet) -> dt.datetime | None:
    """When the quiet that holds at this moment ends; None: it does not hold. It may pass over midnight."""
    now = in_china(at)
    clock = now.time()
    if quiet.begins < quiet.ends:
        holds = quiet.begins <= clock < quiet.ends
    elif quiet.begins > quiet.ends:
        holds = clock >= quiet.begins or clock < quiet.ends
    else:
        holds = False
    if not holds:
        return None
    day = now.date() if clock < quiet.ends else now.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, quiet.ends, tzinfo=now.tzinfo)


def is_wanted(topic: str, channel: str, chosen: bool | None) -> bool:
    """As the person chose, or as it is where they chose nothing."""
    return Topic(topic) in WANTED[Channel(channel)] if chosen is None else chosen


@dataclass(frozen=True)
class Outlook:
    """What decides over one try: the notice, what its recipient chose, and whether there is an address."""

    made_at: dt.datetime
    tries: int
    is_urgent: bool
    is_wanted: bool
    has_address: bool
    quiet: Quiet


@dataclass(frozen=True)
class Step:
    """Where a delivery goes from here: it stays in a state, until a moment where it waits."""

    state: State
    next_try_at: dt.datetime | None = None
    trouble: str = ""


def before_sending(outlook: Outlook, *, at: dt.datetime) -> Step | None:
    """Why nothing is sent at this moment; None: send."""
    if not outlook.is_wanted:
        return Step(State.NOT_WANTED)
    if not outlook.has_address:
        return Step(State.NO_ADDRESS)
    if at - outlook.made_at > STALE:
        return Step(State.FAILED, trouble="stale")
    if outlook.tries > len(WAITS):  # each of these tries took its worker along
        return Step(State.FAILED, trouble="unfinished")
    morning = None if outlook.is_urgent else quiet_until(at, outlook.quiet)
    return Step(State.WAITING, morning) if morning is not None else None


def after_failure(*, tries: int, is_final: bool, trouble: str, at: dt.datetime) -> Step:
    """Later again, each time a longer while; or never, where the answer will not change or the tries are used up."""
    if is_final or tries > len(WAITS):
        return Step(State.FAILED, trouble=trouble)
    return Step(State.WAITING, at + WAITS[tries - 1], trouble)
