"""Which licence includes which others: whoever may do more may do less. Pure; the list is data beside this file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("licences.json")


@cache
def directly() -> dict[str, tuple[str, ...]]:
    """Name → the licences right below it."""
    listed: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))["includes"]
    return {name: tuple(below) for name, below in listed.items()}


@cache
def included_in(name: str) -> tuple[str, ...]:
    """Every licence that this one includes, the nearest first, without itself. A name nobody listed includes none."""
    found: dict[str, None] = {}
    waiting = list(directly().get(name, ()))
    for one in waiting:  # grows while it is read: breadth first
        if one not in found:
            found[one] = None
            waiting += directly().get(one, ())
    return tuple(found)


@cache
def including(name: str) -> tuple[str, ...]:
    """This licence and every one that includes it: whoever holds any of them has it."""
    return (name, *(one for one in directly() if name in included_in(one)))


@cache
def names() -> tuple[str, ...]:
    """All that are listed, for whoever types one."""
    return tuple(dict.fromkeys([*directly(), *(one for below in directly().values() for one in below)]))


Held = Iterable[tuple[str, dt.date | None]]  # what somebody holds: its name and its last day


def valid(held: Held, *, on: dt.date) -> dict[str, str]:
    """Each licence that counts on a day → the one held that it rests on: itself, or one that includes it."""
    names = [name for name, until in held if until is None or until >= on]
    resting = {one: name for name in names for one in included_in(name)}
    return resting | {name: name for name in names}


def lapsed(held: Held, *, on: dt.date) -> dict[str, tuple[str, dt.date]]:
    """Each licence that counted until before a day → the one held that it rested on, and that one's last day."""
    over = sorted((until, name) for name, until in held if until is not None and until < on)
    resting = {one: (name, until) for until, name in over for one in included_in(name)}
    return resting | {name: (name, until) for until, name in over}
