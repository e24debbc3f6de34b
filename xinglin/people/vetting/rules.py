"""Decisions about gates: which ones a service asks for, which are shut on a day, what comes next. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

# The order in which people pass them; the stepper on the phone shows them so.
ORDER = ("review", "papers", "interview", "training", "agreement", "insurance", "no_record", "health")
FIELD = (1000, 400)  # on which a signature is drawn
MOST_DRAWN = 40_000  # characters
TOLD_AFTER = dt.timedelta(days=30)  # so long after its last day somebody still hears that it is over
# What no policy can take away: nobody is sent into danger uncovered.
ALWAYS = {"dangerous": ("insurance",)}


@dataclass(frozen=True)
class Passed:
    """A gate was passed: the days on which it holds, and by whose word."""

    gate: str
    since: dt.date
    until: dt.date | None = None  # the last day; None: for good
    who: str = ""
    where: str = ""  # another house, whose training is honoured

    def holds_on(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Hurdle:
    """A gate that is shut on the day in question. `ended_on`: it was open until then."""

    gate: str
    ended_on: dt.date | None = None


@dataclass(frozen=True)
class Step:
    """One gate as the person sees it: done, now (their turn), waiting (ours), expired, or later."""

    gate: str
    state: str
    passed: Passed | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "done"


def needed(general: Iterable[str], kinds: Collection[str], of_kind: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The gates that a service asks for: those of the unit, and those of each kind of service that it is."""
    wanted = set(general)
    for kind in kinds:
        wanted.update(of_kind.get(kind, ()))
        wanted.update(ALWAYS.get(kind, ()))
    return tuple(gate for gate in ORDER if gate in wanted)


def hurdles(wanted: Iterable[str], passed: Iterable[Passed], *, on: dt.date) -> tuple[Hurdle, ...]:
    """Which of the wanted gates are shut on a day, in order; with the day on which one that was open has shut."""
    known = list(passed)
    found = []
    for gate in wanted:
        of_gate = [one for one in known if one.gate == gate]
        if not any(one.holds_on(on) for one in of_gate):
            over = [one.until for one in of_gate if one.until is not None and one.until < on]
            found.append(Hurdle(gate, max(over, default=None)))
    return tuple(found)


def steps(
    wanted: Sequence[str], passed: Iterable[Passed], *, waiting: Collection[str] = (), on: dt.date
) -> tuple[Step, ...]:
    """The gates in order, as the person sees them. The first that is shut and waits for nobody else is theirs now."""
    known = list(passed)
    shut = {hurdle.gate: hurdle for hurdle in hurdles(wanted, known, on=on)}
    found, is_turn_given = [], False
    for gate in wanted:
        best = _latest([one for one in known if one.gate == gate], on=on)
        if gate not in shut:
            state = "done"
        elif gate in waiting:
            state = "waiting"
        elif not is_turn_given:
            state, is_turn_given = "now", True
        else:
            state = "expired" if shut[gate].ended_on else "later"
        found.append(Step(gate, state, best))
    return tuple(found)


def is_own_line(passed_at: str, asked_at: str) -> bool:
    """Does one of two units, by their paths, stand above the other, or are they the same?"""
    return passed_at.startswith(asked_at) or asked_at.startswith(passed_at)


def valid_until(issued_on: dt.date, *, months: int) -> dt.date | None:
    """The last day of a paper of so many months; nought months never end."""
    if not months:
        return None
    year, month = divmod(issued_on.year * 12 + issued_on.month - 1 + months, 12)
    day = min(issued_on.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day) - dt.timedelta(days=1)


def stage(until: dt.date, *, on: dt.date, stages: Collection[int]) -> int | None:
    """Which telling is due: so many days before the last one, the nearest that was reached; nought once it is over.

    None: too early, over for so long that it is no news, or a unit that tells nobody.
    """
    if until < on:
        return 0 if stages and on - until <= TOLD_AFTER else None
    return min((days for days in stages if until - on <= dt.timedelta(days=days)), default=None)


def is_enough(right: int, *, of: int, pass_percent: int) -> bool:
    """In whole numbers: four of five are eighty per cent, and no rounding decides."""
    return right * 100 >= pass_percent * of


def strokes(typed: str) -> list[list[list[int]]]:
    """A drawn signature: lines of points on a field of 1,000 × 400. Whatever is no such drawing is an empty one."""
    if len(typed) > MOST_DRAWN:
        return []
    try:
        drawn = json.loads(typed) if typed else []
    except ValueError:
        return []
    if not isinstance(drawn, list) or not all(isinstance(line, list) and len(line) > 1 for line in drawn):
        return []
    return drawn if all(_is_point(point) for line in drawn for point in line) else []


def _is_point(point: object) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2  # across and down
        and all(type(one) is int for one in point)
        and 0 <= point[0] <= FIELD[0]
        and 0 <= point[1] <= FIELD[1]
    )


def _latest(passed: Sequence[Passed], *, on: dt.date) -> Passed | None:
    """The one that holds, else the one that held last."""
    holding = [one for one in passed if one.holds_on(on)]
    return max(holding or passed, key=lambda one: one.until or dt.date.max, default=None)
