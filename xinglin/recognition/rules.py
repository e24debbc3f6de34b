"""What a scheme asks for each star, which stars are due, and how far it is to the next. Pure: values in, answers out.

A star is a grant, never a number computed on the fly: a scheme says when the next one is due, and what was granted
stays, whatever a later version asks for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xinglin.recognition.errors import BadThresholds, BarInThePast, PublicationOver, StarReasonNeeded, WithdrawnAlready

MOST_STARS = 5
MOST_HOURS = 20_000
FRUITS = 10
LONGEST_REASON = 300

# Thresholds in hours to begin from: the five steps most platforms use, and three of hospitals. Both may be changed.
PRESETS: dict[str, tuple[int, ...]] = {"five": (100, 300, 600, 1000, 1500), "three": (20, 30, 50)}


@dataclass(frozen=True)
class Progress:
    """How far a person is: the star they hold, and the way to the next; none where the top is reached."""

    level: int
    honour_minutes: int
    next_level: int | None = None
    next_minutes: int | None = None
    ripe: int = FRUITS

    @property
    def missing_minutes(self) -> int:
        return max(0, (self.next_minutes or 0) - self.honour_minutes)


def checked_thresholds(hours: Sequence[int]) -> list[int]:
    """Thresholds in minutes from whole hours, rising from star to star."""
    rises = all(before < after for before, after in pairwise(hours))
    if not 1 <= len(hours) <= MOST_STARS or not rises or hours[0] < 1 or hours[-1] > MOST_HOURS:
        raise BadThresholds(most=MOST_STARS)
    return [count * 60 for count in hours]


def hours_from(text: str) -> list[int]:
    """Whole hours as somebody typed them, with blanks or any comma between."""
    words = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
    if not all(word.isascii() and word.isdigit() and len(word) <= 6 for word in words):
        raise BadThresholds(most=MOST_STARS)
    return [int(word) for word in words]


def level_at(thresholds: Sequence[int], minutes: int) -> int:
    """How many stars these minutes are worth under these thresholds."""
    return sum(minutes >= threshold for threshold in thresholds)


def levels_due(thresholds: Sequence[int], *, minutes: int, standing: int) -> range:
    """The stars to grant now, in order: from the one after what stands up to what the minutes are worth."""
    return range(standing + 1, level_at(thresholds, minutes) + 1)


def reached_at(entries: Iterable[tuple[dt.datetime, int]], thresholds: Sequence[int]) -> list[dt.datetime]:
    """When each threshold was reached, from the moments records took effect and their minutes, the earliest first."""
    moments: list[dt.datetime] = []
    total = 0
    for at, minutes in entries:
        total += minutes
        moments += [at] * (level_at(thresholds, total) - len(moments))
    return moments


def progress(thresholds: Sequence[int], *, minutes: int, standing: int) -> Progress:
    """The way to the next star: ten fruits from the last threshold to the next; all ripe while the job is to come."""
    if standing >= len(thresholds):
        return Progress(level=standing, honour_minutes=minutes)
    goal = thresholds[standing]
    # A later version may ask for more than was asked for the star that stands: then its way begins at nothing.
    start = thresholds[standing - 1] if standing and thresholds[standing - 1] <= minutes else 0
    ripe = max(0, min(FRUITS, FRUITS * (minutes - start) // (goal - start)))
    return Progress(standing, minutes, standing + 1, goal, ripe)


def refuse_to_withdraw(*, published_until: dt.datetime, withdrawn_at: dt.datetime | None, at: dt.datetime) -> None:
    """A star may be taken back while it is published, once."""
    if withdrawn_at is not None:
        raise WithdrawnAlready
    if at >= published_until:
        raise PublicationOver


def reason_as_kept(reason: str) -> str:
    """The reason as the person will read it, or a refusal when there is none."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise StarReasonNeeded
    return reason


def refuse_past_end(ends_at: dt.datetime, *, at: dt.datetime) -> None:
    """A bar ends at some time to come."""
    if ends_at <= at:
        raise BarInThePast
