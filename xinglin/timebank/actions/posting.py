"""The way in to the ledger: batches of transfers, and reversals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from django.db import connection, transaction

from xinglin.timebank import rules
from xinglin.timebank.errors import AlreadySpent, NotInTheLedger
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import Answer, Outcome, Reason, Transfer, TransferKind


@transaction.atomic
def post(*, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer]:
    """Hand a batch to the ledger; one answer per transfer, in their order. A refused one never aborts the others."""
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


@transaction.atomic
def reverse(*, key: str, reversal_key: str, reason: str, origin: str, at: dt.datetime) -> Answer:
    """Take back the whole of an earlier transfer by a new one that names it; refuse when the minutes are spent."""
    original = TransferRow.objects.filter(key=key).first()
    if original is None:
        raise NotInTheLedger
    reversal = Transfer(
        key=reversal_key,
        payer_id=original.payee_id,
        payee_id=original.payer_id,
        minutes=original.minutes,
        kind=TransferKind.REVERSAL,
        origin=origin,
        reason=reason,
        reverses=original.pk,
    )
    [answer] = post(transfers=[reversal], at=at)
    if answer.reason == Reason.FLOOR:
        raise AlreadySpent
    assert answer.stands, f"a reversal was answered {answer.outcome} {answer.reason or ''}"
    return answer
