"""Writing the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinglin.audit.models import Entry


def record(
    *,
    actor: Any,
    verb: str,
    thing: str,
    at: dt.datetime,
    unit_path: str = "",
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> Entry:
    """Add one entry. `actor` is a user or None (the system); `thing` is kind:code; `facts` hold nothing personal."""
    return Entry.objects.create(
        at=at,
        actor_code=actor.code if actor is not None else "",
        verb=verb,
        thing=thing,
        unit_path=unit_path,
        reason=reason,
        facts=facts or {},
    )
