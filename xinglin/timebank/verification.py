"""The ledger recomputed from zero, as one snapshot and as a stream: memory does not grow with the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db import connection, transaction

from xinglin.timebank import beside_the_log, rules
from xinglin.timebank.beside_the_log import rows
from xinglin.timebank.rules import AccountRow, Difference, Leg, TransferRow, Walked

ACCOUNTS = """
SELECT id, kind, person_id, unit_id, is_limited, floor_minutes, balance_minutes, sequence, closed_at
  FROM timebank_account ORDER BY id
"""
LEGS = """
SELECT payer_id AS account_id, id, -minutes::bigint AS minutes, payer_balance_after, payer_sequence AS sequence, at
  FROM timebank_transfer
UNION ALL
SELECT payee_id, id, minutes::bigint, payee_balance_after, payee_sequence, at FROM timebank_transfer
ORDER BY account_id, sequence NULLS FIRST, id
"""
TRANSFERS = """
SELECT t.id, t.key, t.payer_id, t.payee_id, t.minutes, t.kind, t.reverses, t.expires_at,
       CASE WHEN o.id IS NOT NULL THEN ARRAY[o.payer_id, o.payee_id, o.minutes] END AS original
  FROM timebank_transfer t LEFT JOIN timebank_transfer o ON o.id = t.reverses ORDER BY t.id
"""
# The unique indexes refuse these; whoever dropped one is found out here.
REPEATED = """
SELECT 'key ' || key, count(*) FROM timebank_transfer GROUP BY key HAVING count(*) > 1
UNION ALL
SELECT 'the reversal of transfer ' || reverses, count(*) FROM timebank_transfer
 WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1
"""


@dataclass
class Tally:
    """What a verification has seen; complete once its differences have been read to the end."""

    transfers: int = 0
    accounts: int = 0
    differences: int = 0
    member_minutes: int = 0
    total_minutes: int = 0  # of all accounts; zero, because every transfer has two sides


def differences(tally: Tally) -> Iterator[Difference]:
    """Everything in the ledger that cannot be as it stands, in one consistent view of it."""
    with snapshot():
        for difference in _found(tally):
            tally.differences += 1
            yield difference


@contextmanager
def snapshot() -> Iterator[None]:
    """Several cursors read one after the other; what is posted meanwhile must show in all of them or in none."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _found(tally: Tally) -> Iterator[Difference]:
    yield from _of_accounts(tally)
    yield from _of_transfers(tally)
    yield from beside_the_log.differences()
    for what, count in rows(REPEATED):
        yield Difference("ledger", f"{what} stands {count} times")
    if tally.total_minutes:
        yield Difference("ledger", f"all balances add up to {tally.total_minutes}, not to zero")


def _of_accounts(tally: Tally) -> Iterator[Difference]:
    """Walk accounts and their legs side by side, both in the order of account ids."""
    accounts = (AccountRow(*row) for row in rows(ACCOUNTS))
    account = next(accounts, None)
    for account_id, legs in groupby((Leg(*row) for row in rows(LEGS)), key=attrgetter("account_id")):
        while account is not None and account.id < account_id:
            yield from _walked(account, iter(()), tally)
            account = next(accounts, None)
        if account is None or account.id > account_id:
            for leg in legs:
                yield Difference(f"transfer {leg.transfer_id}", f"names account {account_id}, which does not exist")
            continue
        yield from _walked(account, legs, tally)
        account = next(accounts, None)
    while account is not None:
        yield from _walked(account, iter(()), tally)
        account = next(accounts, None)


def _walked(account: AccountRow, legs: Iterator[Leg], tally: Tally) -> Iterator[Difference]:
    walked = Walked()
    yield from rules.walk(account, legs, walked)
    tally.accounts += 1
    stored = account.balance_minutes if account.is_limited else walked.balance_minutes
    tally.total_minutes += stored or 0
    if account.kind in (rules.AccountKind.MEMBER, rules.AccountKind.MEMBER_HELD):
        tally.member_minutes += stored or 0


def _of_transfers(tally: Tally) -> Iterator[Difference]:
    for row in rows(TRANSFERS):
        tally.transfers += 1
        yield from rules.faults_of(TransferRow(*row))
