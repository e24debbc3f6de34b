"""Why staff did something about somebody, as the trail keeps it: without a number and without their name."""

from __future__ import annotations

import re

from xinglin.people.errors import ReasonNeeded
from xinglin.people.models import Person

NUMBERS = re.compile(r"\d{6,}[\dXx]?")
MOST = 100


def cleaned(reason: str, *, of: Person) -> str:
    """The reason, whatever was typed into it; empty is refused."""
    reason = without_names(reason, of.name)
    if not reason:
        raise ReasonNeeded
    return reason


def without_names(reason: str, *names: str) -> str:
    """Numbers and these names are taken out."""
    reason = NUMBERS.sub("…", reason.strip())[:MOST]
    for name in names:
        if len(name) > 1:
            reason = reason.replace(name, "本人")
    return reason
