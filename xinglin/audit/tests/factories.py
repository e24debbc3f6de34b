"""A log for tests."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from xinglin.audit import sealer, sources
from xinglin.audit.models import Checkpoint, Mark

PATIENCE_S = 120.0


def seal_everything() -> int:
    """Seal until nothing waits; returns how many. PostgreSQL itself may be at work and keep the sealer waiting."""
    sealed, give_up_at = sealer.seal(), time.monotonic() + PATIENCE_S
    while _waits() and time.monotonic() < give_up_at:
        time.sleep(0.02)
        sealed += sealer.seal()
    assert not _waits(), "some transaction does not end"
    return sealed


def seal_and_sign(*, at: dt.datetime) -> Checkpoint | Any:
    """Seal everything, and sign it."""
    seal_everything()
    return sealer.sign(at=at)


def seal_in_this_transaction(*, at: dt.datetime) -> Checkpoint | Any:
    """For a test that is one transaction, and whose rows are therefore never certainly there."""
    for source in sources.every():
        facts = {"row_id": sealer._top(source), "transaction_number": 0}
        Mark.objects.update_or_create(source=source.name, defaults=facts)
    while sealer._seal_some():
        pass
    return sealer.sign(at=at)


def _waits() -> bool:
    return any(sealer._top(source) > sealer.log.position(source.name) for source in sources.every())
