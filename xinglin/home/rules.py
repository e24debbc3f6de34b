"""What a page of `home` is made of, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Todo:
    """One thing that waits for a decision: what, about whom, since when, and where it is decided."""

    kind: str
    title: str
    note: str
    since: dt.datetime
    url: str
    state: str
    tone: str = "wait"


def in_order(todos: list[Todo]) -> list[Todo]:
    """Who has waited longest stands first."""
    return sorted(todos, key=lambda todo: todo.since)


def counts(todos: list[Todo]) -> dict[str, int]:
    """How many of each kind, in the order in which the kinds first appear."""
    figures: dict[str, int] = {}
    for todo in todos:
        figures[todo.kind] = figures.get(todo.kind, 0) + 1
    return figures


def part_of_day(hour: int) -> str:
    """`morning`, `noon`, `afternoon` or `evening` for the greeting; before 5 it is still evening on a ward."""
    if 5 <= hour < 11:
        return "morning"
    if 11 <= hour < 13:
        return "noon"
    if 13 <= hour < 18:
        return "afternoon"
    return "evening"
