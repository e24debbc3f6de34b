"""The way in to the ledger: batches of transfers, and reversals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from xinglin.timebank.actions import debts, ledger
from xinglin.timebank.actions.fetching import fetch_back
from xinglin.timebank.errors import AccountClosed, AlreadySpent, NotInTheLedger
from xinglin.timebank.models import Account, Debt
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import AccountKind, Answer, Outcome, Reason, TakenBack, Transfer, TransferKind


def post(*, transfers: Sequence[Transfer], at: dt.datetime) -> list[Answer]:
    """Hand a batch to the ledger; one answer per transfer, in their order. A refused one never aborts the others.

    What comes to a member who owes minutes repays them in the same transaction. Hardly anybody owes, so where no
    transaction is open one statement is tried that is one by itself.
    """
    if not connection.in_atomic_block:
        answers = ledger.write_unless_owing(transfers=transfers, at=at)
        if answers is not None:
            return answers
    return _post_and_repay(transfers, at=at)


@transaction.atomic(savepoint=False)
def _post_and_repay(transfers: Sequence[Transfer], *, at: dt.datetime) -> list[Answer]:
    answers = ledger.write(transfers=transfers, at=at)
    pairs = zip(transfers, answers, strict=True)
    paid = {transfer.payee_id for transfer, answer in pairs if answer.outcome == Outcome.POSTED}
    while paid:  # a creditor may owe as well; each round has minutes less to repay
        paid = debts.repay(account_ids=paid, at=at)
    return answers


@transaction.atomic
def reverse(*, key: str, reversal_key: str, reason: str, origin: str, at: dt.datetime) -> TakenBack:
    """Take back the whole of an earlier transfer by a new one that names it. Twice is once.

    What a member has spent already can't be taken below the floor: that part becomes a debt. Raises NotInTheLedger,
    AccountClosed, and AlreadySpent where a team, a pool or a reserve has too little.
    """
    original = TransferRow.objects.filter(key=key).first()
    if original is None:
        raise NotInTheLedger
    fetch_back(account_id=original.payee_id, minutes=original.minutes, key=reversal_key, at=at, post=post)
    creditor_id = _returns_to(original.payer_id)
    sides = Account.objects.select_for_update(no_key=False).filter(pk__in=[creditor_id, original.payee_id])
    limited = {account.pk: account for account in sides.filter(is_limited=True).order_by("pk")}
    stands = _standing_reversal(original, reversal_key)
    if stands is not None:
        return stands
    holder = limited.get(original.payee_id)
    taken = original.minutes if holder is None else min(original.minutes, _above_floor(holder))
    owed = original.minutes - taken
    if owed and (holder is None or holder.kind != AccountKind.MEMBER):
        raise AlreadySpent
    reversal = Transfer(
        key=reversal_key,
        payer_id=original.payee_id,
        payee_id=creditor_id,
        minutes=taken,
        kind=TransferKind.REVERSAL,
        origin=origin,
        reason=reason,
        reverses=original.pk,
    )
    answers = post(transfers=[reversal], at=at) if taken else []
    if Reason.CLOSED in (answer.reason for answer in answers):
        raise AccountClosed
    assert all(answer.stands for answer in answers), f"a reversal was answered {answers}"
    if owed:
        assert holder is not None
        debts.incur(debtor=holder, creditor_id=creditor_id, minutes=owed, reversal=reversal, at=at)
    return TakenBack(taken, owed, answers[0].transfer_id if answers else None)


def _returns_to(payer_id: int) -> int:
    """To the payer; what was paid out of a hold, which has ended, to the member whose hold it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT returns_to(%s)", [payer_id])
        return int(cursor.fetchone()[0])


def _standing_reversal(original: TransferRow, reversal_key: str) -> TakenBack | None:
    """What an earlier try under the same key came to, seen with the accounts locked."""
    row = TransferRow.objects.filter(key=reversal_key).first()
    debt = Debt.objects.filter(key=reversal_key).first()
    if row is None and debt is None:
        return None
    named = {found.reverses for found in (row, debt) if found is not None}
    assert named == {original.pk}, f"{reversal_key} reverses another transfer"
    return TakenBack(
        taken_minutes=row.minutes if row is not None else 0,
        owed_minutes=debt.minutes if debt is not None else 0,
        transfer_id=row.pk if row is not None else None,
    )


def _above_floor(account: Account) -> int:
    return max(0, (account.balance_minutes or 0) - (account.floor_minutes or 0))
