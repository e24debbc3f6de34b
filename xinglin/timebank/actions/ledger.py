"""The one call of the ledger's function `post`. Everything that posts comes through here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from django.db import connection

from xinglin.timebank import rules
from xinglin.timebank.rules import Answer, Outcome, Reason, Transfer


def write(*, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer]:
    """Hand a batch to the ledger, inside the caller's transaction; one answer per transfer, in their order."""
    assert len(transfers) <= rules.LARGEST_BATCH, "split it: a batch has a limit"
    if not transfers:
        return []
    batch = json.dumps([rules.body_of(transfer, at=at) for transfer in transfers])
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer, why, transfer_id FROM post(%s::jsonb)", [batch])
        rows = cursor.fetchall()
    return [
        Answer(transfer.key, Outcome(answer), Reason(why) if why else None, transfer_id)
        for transfer, (answer, why, transfer_id) in zip(transfers, rows, strict=True)
    ]
