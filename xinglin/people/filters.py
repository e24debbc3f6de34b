"""By what else people can be narrowed: apps above add what they know of a person, such as stars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Filter:
    """One more list to choose from: its name in addresses, what it is called, its choices, and whom a choice keeps:
    a condition in SQL on a volunteer `v`, of whose words' row `s` only the stars are to be had."""

    name: str
    label: Any
    choices: Callable[[], list[tuple[str, Any]]]
    keeps: Callable[[str, dt.datetime], tuple[str, list[Any]]]  # in SQL, with values


_added: dict[str, Filter] = {}


def add(one: Filter) -> None:
    """An app says so when it starts."""
    _added[one.name] = one


def added() -> list[Filter]:
    """In the order of their names."""
    return [_added[name] for name in sorted(_added)]
