"""Which backups are kept. Values in, answer out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Retention:
    """How many days, weeks and months to be able to go back to: counted where there is a backup, not by the calendar,
    so that a machine which stood still for a month has lost nothing."""

    days: int = 7
    weeks: int = 5
    months: int = 12


def kept(moments: Collection[dt.datetime], retention: Retention) -> set[dt.datetime]:
    """The newest backup of each of the last days, weeks and months. The others may go."""
    periods: list[tuple[int, Callable[[dt.datetime], Any]]] = [
        (retention.days, lambda moment: moment.date()),
        (retention.weeks, lambda moment: moment.isocalendar()[:2]),
        (retention.months, lambda moment: (moment.year, moment.month)),
    ]
    found: set[dt.datetime] = set()
    for count, period in periods:
        found |= _newest_of_each(moments, period, count)
    return found


def segments_to_drop(names: Collection[str], *, oldest_needed: str) -> set[str]:
    """Pieces of the log that come before the oldest copy they could be replayed on; its timeline does not matter."""
    return {name for name in names if len(name) == 24 and name[8:] < oldest_needed[8:]}


def pieces_between(timeline: int, start: str, end: str) -> list[str]:
    """The names of the pieces of the log that hold it from one position to another, such as `0/2000028`."""
    first, last = (_position(start) >> 24, (_position(end) - 1) >> 24)  # pieces of 16 MB
    return [f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}" for number in range(first, last + 1)]


def first_gap(names: Collection[str], *, after: str) -> str:
    """The first piece that is missing between the first needed and the last there is, of one timeline; else empty."""
    timeline = after[:8]
    numbers = sorted(_number(name) for name in names if len(name) == 24 and name[:8] == timeline)
    expected = range(_number(after), numbers[-1] + 1) if numbers else range(_number(after), _number(after) + 1)
    there = set(numbers)
    missing = next((number for number in expected if number not in there), None)
    return "" if missing is None else f"{timeline}{missing >> 8:08X}{missing & 0xFF:08X}"


def _position(text: str) -> int:
    high, _slash, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def _number(name: str) -> int:
    return (int(name[8:16], 16) << 8) + int(name[16:24], 16)  # pieces of 16 MB, 256 of them to a name's middle part


def _newest_of_each(
    moments: Collection[dt.datetime], period: Callable[[dt.datetime], Any], count: int
) -> set[dt.datetime]:
    newest: dict[Any, dt.datetime] = {}
    for moment in sorted(moments, reverse=True):
        if period(moment) not in newest and len(newest) == count:
            break
        newest.setdefault(period(moment), moment)
    return set(newest.values())
