"""Why staff did something about somebody, as the trail keeps it: without a number and without their name."""

from __future__ import annotations

from xinglin.lib import discreet
from xinglin.people.errors import ReasonNeeded
from xinglin.people.models import Person

MOST = 100


def cleaned(reason: str, *, of: Person, also: str = "") -> str:
    """The reason, whatever was typed into it; empty is refused. `also`: another name of theirs."""
    reason = without_names(reason, of.name, also)
    if not reason:
        raise ReasonNeeded
    return reason


def without_names(reason: str, *names: str) -> str:
    """Numbers and these names are taken out; the longest first, so that nothing is left of one that holds another."""
    for name in sorted(names, key=len, reverse=True):
        reason = discreet.said(reason, about=name)
    return reason.strip()[:MOST]
