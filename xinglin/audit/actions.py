"""Writing the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xinglin.audit.models import Entry
from xinglin.lib import discreet


def record(
    *,
    actor: Any,
    verb: str,
    thing: str,
    at: dt.datetime,
    unit_path: str = "",
    reason: str = "",
    about: str = "",
    facts: dict[str, Any] | None = None,
) -> Entry:
    """Add one entry. `actor` is a user or None (the system); `thing` is kind:code; `facts` hold nothing personal.

    A reason is what somebody typed, and stands here for good: numbers are cut out of it, and the name of whoever it is
    `about`.
    """
    return Entry.objects.create(
        at=at,
        actor_code=actor.code if actor is not None else "",
        verb=verb,
        thing=thing,
        unit_path=unit_path,
        reason=discreet.said(reason, about=about),
        facts=facts or {},
    )


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One of many things that the same verb was done to."""

    thing: str
    unit_path: str = ""
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def record_many(*, actor: Any, verb: str, happenings: Sequence[Happening], at: dt.datetime) -> None:
    """Add one entry for each happening, in few statements."""
    code = actor.code if actor is not None else ""
    Entry.objects.bulk_create(
        [
            Entry(
                at=at,
                actor_code=code,
                verb=verb,
                thing=happening.thing,
                unit_path=happening.unit_path,
                reason=discreet.said(happening.reason),
                facts=happening.facts,
            )
            for happening in happenings
        ],
        batch_size=1000,
    )
