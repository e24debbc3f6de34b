"""The ledger recomputed from zero, as one snapshot and as a stream: memory does not grow with the ledger.

The database recomputes – it sorts on its disk what does not fit into its memory – and hands over one row for each
account, and whatever is suspect. What is wrong with that is said in one place only, by the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from xinglin.timebank import beside_the_log, rules, walking
from xinglin.timebank.beside_the_log import rows
from xinglin.timebank.rules import Difference
from xinglin.timebank.walking import AccountRow, Leg, TransferRow, Walked

# How far an account `a` might be overdrawn: what the sealed trail said last, or last before the entry numbered {0}.
# Asked only where an entry ends below the floor, and of the account as it stands.
OVERDRAFT = """coalesce((SELECT (e.facts ->> 'after')::bigint FROM audit_entry e
                          WHERE e.thing = 'account:' || a.code AND e.verb = 'allowed_overdraft'
                            AND (e.facts ->> 'entries')::bigint < {0} ORDER BY e.id DESC LIMIT 1), 0)"""
SORT_MEMORY = "64MB"  # of the database, for each step that sorts; the rest goes to its disk

# One side of each transfer. What follows reads all of them, and hands over only what somebody has to look at.
LEGS = """
SELECT payer_id AS account_id, id, -minutes::bigint AS minutes, payer_balance_after AS balance_after,
       payer_sequence AS sequence, at
  FROM timebank_transfer
UNION ALL
SELECT payee_id, id, minutes::bigint, payee_balance_after, payee_sequence, at FROM timebank_transfer
"""
# Every account with the sums of its legs, and whether one of them is not as it has to be: what `walking.walk` would
# say. An account with such a leg is walked, which names it.
ACCOUNTS = f"""
WITH legs AS NOT MATERIALIZED ({LEGS}),
numbered AS (
    SELECT l.account_id, l.id, l.minutes, l.balance_after, l.sequence, l.at,
           sum(l.minutes) OVER walk AS recomputed, row_number() OVER walk AS number,
           lag(l.id, 1, 0::bigint) OVER walk AS last_id
      FROM legs l WHERE l.account_id IN (SELECT id FROM timebank_account WHERE is_limited)
    WINDOW walk AS (PARTITION BY l.account_id ORDER BY l.sequence NULLS FIRST, l.id ROWS UNBOUNDED PRECEDING)),
sums AS (
    SELECT n.account_id, sum(n.minutes)::bigint AS minutes, count(*) AS legs,
           bool_and((n.sequence = n.number AND n.balance_after = n.recomputed AND n.id > n.last_id
               AND CASE WHEN n.minutes >= 0 OR a.floor_minutes IS NULL OR n.recomputed >= a.floor_minutes THEN true
                        ELSE n.recomputed >= a.floor_minutes - {OVERDRAFT.format("n.sequence")} END
               AND (a.closed_at IS NULL OR n.at <= a.closed_at)) IS TRUE) AS are_sound
      FROM numbered n JOIN timebank_account a ON a.id = n.account_id GROUP BY n.account_id
    UNION ALL
    SELECT l.account_id, sum(l.minutes)::bigint, count(*),
           bool_and((l.sequence IS NULL AND l.balance_after IS NULL
               AND (a.closed_at IS NULL OR l.at <= a.closed_at)) IS TRUE)
      FROM legs l JOIN timebank_account a ON a.id = l.account_id AND a.is_limited IS NOT TRUE GROUP BY l.account_id)
SELECT a.id, a.kind, a.person_id, a.unit_id, a.is_limited, a.floor_minutes, a.balance_minutes, a.sequence, a.closed_at,
       a.overdraft_minutes, {OVERDRAFT.format("9223372036854775807")},
       coalesce(s.minutes, 0), coalesce(s.legs, 0), coalesce(s.are_sound, true)
  FROM timebank_account a LEFT JOIN sums s ON s.account_id = a.id ORDER BY a.id
"""
LEGS_OF_ACCOUNT = f"""
SELECT l.*, CASE WHEN l.balance_after < a.floor_minutes THEN {OVERDRAFT.format("l.sequence")} ELSE 0 END
  FROM ({LEGS}) l LEFT JOIN timebank_account a ON a.id = l.account_id
 WHERE l.account_id = %s ORDER BY l.sequence NULLS FIRST, l.id
"""
LEGS_WITHOUT_ACCOUNT = f"""
SELECT l.account_id, l.id FROM ({LEGS}) l LEFT JOIN timebank_account a ON a.id = l.account_id
 WHERE a.id IS NULL ORDER BY l.account_id, l.sequence NULLS FIRST, l.id
"""
# Those that `walking.faults_of` might have something to say of.
TRANSFERS = """
SELECT t.id, t.key, t.payer_id, t.payee_id, t.minutes, t.kind, t.reverses, t.expires_at,
       CASE WHEN o.id IS NOT NULL THEN ARRAY[returns_to(o.payer_id), o.payee_id, o.minutes] END AS original
  FROM timebank_transfer t LEFT JOIN timebank_transfer o ON o.id = t.reverses
 WHERE (t.key <> '' AND t.minutes > 0 AND t.payer_id <> t.payee_id AND t.kind = ANY (%s)
        AND (t.kind = 'hold') = (t.expires_at IS NOT NULL) AND t.kind <> 'reversal' AND t.reverses IS NULL) IS NOT TRUE
 ORDER BY t.id
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
            cursor.execute(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # all rows are wanted, not the first ones soon
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
    """Each account by the sums of its legs; leg by leg only where the database found one that is not sound."""
    for *facts, minutes, legs, are_sound in rows(ACCOUNTS):
        account = AccountRow(*facts)
        if are_sound:
            walked = Walked(minutes, legs)
            yield from walking.walk(account, (), walked)
        else:
            walked = Walked()
            yield from walking.walk(account, (Leg(*row) for row in rows(LEGS_OF_ACCOUNT, account.id)), walked)
        _count(account, walked, tally)
    for account_id, transfer_id in rows(LEGS_WITHOUT_ACCOUNT):
        yield Difference(f"transfer {transfer_id}", f"names account {account_id}, which does not exist")


def _count(account: AccountRow, walked: Walked, tally: Tally) -> None:
    tally.accounts += 1
    stored = account.balance_minutes if account.is_limited else walked.balance_minutes
    tally.total_minutes += stored or 0
    if account.kind in (rules.AccountKind.MEMBER, rules.AccountKind.MEMBER_HELD):
        tally.member_minutes += stored or 0


def _of_transfers(tally: Tally) -> Iterator[Difference]:
    [[tally.transfers]] = rows("SELECT count(*) FROM timebank_transfer")
    for row in rows(TRANSFERS, list(rules.TransferKind)):
        yield from walking.faults_of(TransferRow(*row))
