"""What hangs on a unit that is to close, as each app says it in its `unit.py`; `office.closing` asks them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Hanging:
    """So many things of one kind, and what becomes of them."""

    what: Any
    count: int
    then: Any = ""  # what happens to them on closing, with or without a successor as it was asked
    blocks: bool = False  # somebody has to see to it first
    needs_successor: bool = False  # only another unit can take it over

    def stops(self, *, has_successor: bool) -> bool:
        """Can the unit not be closed while this hangs on it?"""
        return self.blocks or (self.needs_successor and not has_successor)


def some(*things: Hanging) -> list[Hanging]:
    """Those of which there are any."""
    return [thing for thing in things if thing.count]


def what_stops(things: Iterable[Hanging], *, has_successor: bool) -> list[Hanging]:
    """Those for which the closing has to wait."""
    return [thing for thing in things if thing.stops(has_successor=has_successor)]


def counted(things: Iterable[Hanging]) -> str:
    """What there is, and how much, for a sentence."""
    return gettext("、").join(f"{thing.what} {thing.count}" for thing in things)
