"""What a policy would change for whom, worked out before it is set, by the apps that know: they register here.

The organisation stands below them and cannot ask; so each hands in a function for the policies that it follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xinglin.organisation.models import Unit

DAYS = 30  # of records that are looked at
MOST_EXAMPLES = 10


@dataclass(frozen=True)
class Question:
    """A policy as it might be set: at which unit, to which value, seen from which moment."""

    name: str
    unit: Unit
    value: Any
    at: dt.datetime


@dataclass(frozen=True)
class Change:
    """One person, by public number, with the minutes of today's policy and of the new one."""

    number: str
    before_minutes: int
    after_minutes: int


@dataclass(frozen=True)
class Preview:
    """For how many persons it would make a difference, and which."""

    counted: Any  # what the minutes are, in a sentence
    looked_at: int  # persons
    changes: list[Change]

    @property
    def persons(self) -> int:
        return len(self.changes)

    @property
    def before_minutes(self) -> int:
        return sum(change.before_minutes for change in self.changes)

    @property
    def after_minutes(self) -> int:
        return sum(change.after_minutes for change in self.changes)

    @property
    def examples(self) -> list[Change]:
        """Those for whom it changes most."""
        return sorted(self.changes, key=lambda one: (-abs(one.after_minutes - one.before_minutes), one.number))[
            :MOST_EXAMPLES
        ]


_known: dict[str, Callable[[Question], Preview]] = {}


def register(names: Iterable[str], look: Callable[[Question], Preview]) -> None:
    """`look` answers for these policies."""
    _known.update(dict.fromkeys(names, look))


def of(question: Question) -> Preview | None:
    """What it would change; None for a policy that no app can count."""
    look = _known.get(question.name)
    return look(question) if look is not None else None


def preview_of(before: Mapping[str, int], after: Mapping[str, int], *, counted: Any) -> Preview:
    """A preview from minutes by number, under the policy of today and under the new one."""
    changes = [
        Change(number, before.get(number, 0), after.get(number, 0))
        for number in sorted(before.keys() | after.keys())
        if before.get(number, 0) != after.get(number, 0)
    ]
    return Preview(counted, len(before.keys() | after.keys()), changes)
