"""What stands beside the log and is proved by it: open holds, debts and their forgiveness, roll-ups. As streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from xinglin.audit import log
from xinglin.timebank import leaves, proving
from xinglin.timebank.proving import DebtRow, End, ForgivenessRow, HoldRow, Side
from xinglin.timebank.rules import Difference

CHUNK = 5_000

HOLDS = """
WITH holds AS (SELECT * FROM timebank_transfer WHERE kind = 'hold')
SELECT h.id, h.key, h.origin, h.minutes, h.expires_at, h.payer_id, a.kind, a.person_id, h.payee_id, b.kind, b.person_id,
       e.id, e.kind, e.origin, e.payer_id, e.payee_id, e.minutes, e.at,
       r.id, r.kind, r.origin, r.payer_id, r.payee_id, r.minutes, r.at, o.origin, o.expires_at
  FROM holds h
  LEFT JOIN timebank_account a ON a.id = h.payer_id
  LEFT JOIN timebank_account b ON b.id = h.payee_id
  LEFT JOIN timebank_transfer e ON e.key = 'end:' || h.origin
  LEFT JOIN timebank_transfer r ON r.key = 'rest:' || h.origin
  LEFT JOIN timebank_open_hold o ON o.transfer_id = h.id
 ORDER BY h.id
"""
# What ends or lists a hold that is not there.
WITHOUT_A_HOLD = """
SELECT 'transfer ' || t.id, 'is a ' || t.kind || ' under the key ' || t.key || ', which ends no hold'
  FROM timebank_transfer t LEFT JOIN timebank_transfer h ON h.key = 'hold:' || t.origin AND h.kind = 'hold'
 WHERE t.kind IN ('settle', 'release', 'lapse')
   AND (h.id IS NULL OR t.key NOT IN ('end:' || t.origin, 'rest:' || t.origin))
UNION ALL
SELECT 'hold ' || o.origin, 'is listed as open, but transfer ' || o.transfer_id || ' is no hold'
  FROM timebank_open_hold o LEFT JOIN timebank_transfer h ON h.id = o.transfer_id AND h.kind = 'hold'
 WHERE h.id IS NULL
"""

DEBTS = """
WITH repaid AS (
    SELECT t.origin, sum(t.minutes)::bigint AS minutes, array_agg(DISTINCT ARRAY[t.payer_id, t.payee_id]) AS sides
      FROM timebank_transfer t WHERE t.kind = 'repayment' GROUP BY t.origin)
SELECT d.id, d.code, d.account_id, d.creditor_id, d.key, d.reverses, d.minutes, d.repaid_minutes, d.forgiven_minutes,
       d.origin, d.reason, d.incurred_at, a.kind,
       CASE WHEN o.id IS NOT NULL THEN ARRAY[returns_to(o.payer_id), o.payee_id, o.minutes] END,
       coalesce(r.minutes, 0), coalesce(p.minutes, 0),
       (p.sides IS NOT NULL AND p.sides <> ARRAY[ARRAY[d.account_id, d.creditor_id]])::integer,
       (SELECT coalesce(sum(f.forgiven_minutes), 0)::bigint FROM timebank_forgiveness f WHERE f.debt_id = d.id),
       e.facts::text, e.reason, e.at
  FROM timebank_debt d
  LEFT JOIN timebank_account a ON a.id = d.account_id
  LEFT JOIN timebank_transfer o ON o.id = d.reverses
  LEFT JOIN timebank_transfer r ON r.reverses = d.reverses AND r.key = d.key
  LEFT JOIN repaid p ON p.origin = 'debt:' || d.code
  LEFT JOIN audit_entry e ON e.thing = 'debt:' || d.code AND e.verb = 'incurred_debt'
 ORDER BY d.id
"""
FORGIVENESSES = """
SELECT f.id, f.code, d.code, f.reason, u.code, f.asked_at, v.code, f.decided_at, f.is_granted, f.forgiven_minutes,
       w.code,
       a.thing, a.actor_code, a.at, a.reason, (a.facts ->> 'row')::bigint, b.thing, b.actor_code, b.at, b.verb,
       (b.facts ->> 'forgiven_minutes')::bigint
  FROM timebank_forgiveness f
  LEFT JOIN timebank_debt d ON d.id = f.debt_id
  LEFT JOIN timebank_account m ON m.id = d.account_id
  LEFT JOIN people_person p ON p.id = m.person_id
  LEFT JOIN accounts_user w ON w.id = p.user_id
  LEFT JOIN accounts_user u ON u.id = f.asked_by_id
  LEFT JOIN accounts_user v ON v.id = f.decided_by_id
  LEFT JOIN audit_entry a ON a.thing = 'debt:' || d.code AND a.verb = 'asked_to_forgive'
        AND a.facts ->> 'forgiveness' = f.code
  LEFT JOIN audit_entry b ON b.thing = 'debt:' || d.code AND b.verb IN ('forgave_debt', 'declined_to_forgive')
        AND b.facts ->> 'forgiveness' = f.code
 ORDER BY f.id
"""
# What repays, or was said of, a debt that is not there.
WITHOUT_A_DEBT = """
SELECT 'transfer ' || t.id, 'repays ' || t.origin || ', which does not exist'
  FROM timebank_transfer t LEFT JOIN timebank_debt d ON t.origin = 'debt:' || d.code
 WHERE t.kind = 'repayment' AND d.id IS NULL
UNION ALL
SELECT 'ledger', e.thing || ' is in the trail and not among the debts'
  FROM audit_entry e LEFT JOIN timebank_debt d ON e.thing = 'debt:' || d.code
 WHERE e.verb = 'incurred_debt' AND d.id IS NULL
"""

ROLL_UPS = """
SELECT r.account_id, r.up_to_id, r.minutes, a.is_limited, coalesce(s.minutes, 0)
  FROM timebank_roll_up r
  LEFT JOIN timebank_account a ON a.id = r.account_id
  LEFT JOIN (
    SELECT l.account_id, sum(l.minutes) AS minutes
      FROM (SELECT payer_id AS account_id, id, -minutes::bigint AS minutes FROM timebank_transfer
            UNION ALL SELECT payee_id, id, minutes FROM timebank_transfer) l
      JOIN timebank_roll_up x ON x.account_id = l.account_id AND l.id <= x.up_to_id
     GROUP BY l.account_id) s ON s.account_id = r.account_id
 ORDER BY r.account_id
"""

# Closing is the one thing that changes of an account beside its balance: the trail says when.
CLOSED_OTHERWISE = """
SELECT 'account ' || a.id, 'was closed at ' || coalesce(a.closed_at::text, 'no time') || ', the trail says '
       || coalesce(e.at::text, 'nothing')
  FROM timebank_account a
  LEFT JOIN audit_entry e ON e.thing = 'account:' || a.code AND e.verb = 'closed_account'
 WHERE a.closed_at IS DISTINCT FROM e.at
"""


def differences() -> Iterator[Difference]:
    """Everything beside the log that it does not bear out; the caller sees to one consistent view."""
    for where, what in rows(CLOSED_OTHERWISE):
        yield Difference(where, what)
    yield from _of_holds()
    yield from _of_debts()
    yield from _of_roll_ups()


def _of_holds() -> Iterator[Difference]:
    for row in rows(HOLDS):
        parts = [*row[:5], Side(*row[5:8]), Side(*row[8:11]), End(*row[11:18]), End(*row[18:25]), *row[25:]]
        yield from proving.faults_of_hold(HoldRow(*parts))
    for where, what in rows(WITHOUT_A_HOLD):
        yield Difference(where, what)


def _of_debts() -> Iterator[Difference]:
    for row in rows(DEBTS):
        said = json.loads(row[18]) if row[18] is not None else None
        parts = [*row[:18], said, *row[19:]]
        yield from proving.faults_of_debt(DebtRow(*parts))
    for row in rows(FORGIVENESSES):
        asking, deciding = (part if part[0] is not None else None for part in (row[11:16], row[16:]))
        parts = [*row[:11], asking, deciding]
        yield from proving.faults_of_forgiveness(ForgivenessRow(*parts))
    for where, what in rows(WITHOUT_A_DEBT):
        yield Difference(where, what)


def _of_roll_ups() -> Iterator[Difference]:
    sealed_up_to = log.position(leaves.TRANSFERS.name)
    for account_id, up_to_id, minutes, is_limited, recomputed in rows(ROLL_UPS):
        where = f"roll-up of account {account_id}"
        if is_limited is not False:
            yield Difference(where, "is of no unlimited account")
        if minutes != recomputed:
            yield Difference(where, f"says {minutes} up to transfer {up_to_id}, recomputed {recomputed}")
        if up_to_id > sealed_up_to:
            yield Difference(where, f"reaches transfer {up_to_id}, beyond what can be final ({sealed_up_to})")


def rows(query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Rows from a cursor that stays in the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values or None)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
