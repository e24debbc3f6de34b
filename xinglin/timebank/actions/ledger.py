"""The calls of the ledger's functions. Everything that posts comes through here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from django.db import DatabaseError, connection

from xinglin.timebank import rules
from xinglin.timebank.rules import Answer, Outcome, Reason, Transfer

_encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
SOMEBODY_OWES = "XL002"  # as post.FUNCTION_UNLESS_OWING says it


def write(*, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer]:
    """Hand a batch to the ledger, inside the caller's transaction; one answer per transfer, in their order."""
    return _called("post", transfers, at)


def write_unless_owing(*, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer] | None:
    """The same by one statement outside of any transaction. None, and nothing done, when somebody who is paid owes."""
    try:
        return _called("post_unless_owing", transfers, at)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == SOMEBODY_OWES:
            return None
        raise


def _called(function: str, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer]:
    assert len(transfers) <= rules.LARGEST_BATCH, "split it: a batch has a limit"
    if not transfers:
        return []
    moment = at.isoformat()
    batch = _encode([rules.body_of(transfer, moment=moment) for transfer in transfers])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT answer, why, transfer_id FROM {function}(%s::jsonb)", [batch])
        rows = cursor.fetchall()
    return [
        Answer(transfer.key, Outcome(answer), Reason(why) if why else None, transfer_id)
        for transfer, (answer, why, transfer_id) in zip(transfers, rows, strict=True)
    ]
