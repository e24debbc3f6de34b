"""A log for tests."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.db import connection

from xinglin.audit import sealer, sources
from xinglin.audit.models import Checkpoint, Mark

PATIENCE_S = 30.0


def seal_everything() -> int:
    """Seal until nothing waits; returns how many.

    The sealer waits for every transaction of the cluster. Those of other databases are other tests, each with a limit
    of its own: while one of them writes, our patience does not run out, however long it takes on a busy machine.
    """
    sealed, give_up_at = sealer.seal(), time.monotonic() + PATIENCE_S
    while _waits():
        if _another_database_writes():
            give_up_at = time.monotonic() + PATIENCE_S
        assert time.monotonic() < give_up_at, "some transaction of this database does not end"
        time.sleep(0.02)
        sealed += sealer.seal()
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


def _another_database_writes() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
            " AND datname IS DISTINCT FROM current_database())"
        )
        return bool(cursor.fetchone()[0])
