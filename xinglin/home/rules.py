"""What a page of `home` is made of, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Todo:
    """One thing that waits for a decision: what, about whom, since when.

    `about` names what it is about: two kinds that speak of the same service are one decision. Things with the same
    `alike` may be decided together; empty: each by itself.
    """

    kind: str
    code: str
    title: str
    note: str
    since: dt.datetime
    state: str
    about: str = ""
    alike: str = ""
    tone: str = "wait"

    @property
    def key(self) -> str:
        """How a page names it: `nod:8F3KQ2TM`."""
        return f"{self.kind}:{self.code}"


def in_order(todos: Sequence[Todo]) -> list[Todo]:
    """Who has waited longest stands first, and what is about the same service stands once."""
    once: dict[str, Todo] = {}
    for todo in todos:
        once.setdefault(todo.about or todo.key, todo)
    return sorted(once.values(), key=lambda todo: todo.since)


def counts(todos: Sequence[Todo]) -> dict[str, int]:
    """How many of each kind, in the order in which the kinds first appear."""
    figures: dict[str, int] = {}
    for todo in todos:
        figures[todo.kind] = figures.get(todo.kind, 0) + 1
    return figures


def narrowed(todos: Sequence[Todo], *, kind: str = "", words: str = "") -> list[Todo]:
    """Of one kind, and with all the words somewhere in what the line says."""
    wanted = words.casefold().split()
    return [
        todo
        for todo in todos
        if (not kind or todo.kind == kind)
        and all(word in f"{todo.title} {todo.note} {todo.code}".casefold() for word in wanted)
    ]


def opened(todos: Sequence[Todo], key: str) -> Todo | None:
    """The one that was asked for if it still waits, else the first."""
    return next((todo for todo in todos if todo.key == key), todos[0] if todos else None)


def after(todos: Sequence[Todo], key: str) -> str:
    """Which one comes next once `key` is decided: the one behind it, or, at the end, the one before."""
    keys = [todo.key for todo in todos]
    if key not in keys:
        return keys[0] if keys else ""
    place = keys.index(key)
    rest = keys[:place] + keys[place + 1 :]
    return rest[min(place, len(rest) - 1)] if rest else ""


def alike(todos: Sequence[Todo], todo: Todo) -> list[Todo]:
    """Those that can be decided together with this one, itself among them; none where each stands by itself."""
    return [other for other in todos if other.kind == todo.kind and other.alike == todo.alike] if todo.alike else []


def part_of_day(hour: int) -> str:
    """`morning`, `noon`, `afternoon` or `evening` for the greeting; before 5 it is still evening on a ward."""
    if 5 <= hour < 11:
        return "morning"
    if 11 <= hour < 13:
        return "noon"
    if 13 <= hour < 18:
        return "afternoon"
    return "evening"
