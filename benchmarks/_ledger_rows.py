"""A ledger of any size for `verify.py`: TRANSFERS and MEMBERS come as arguments, the first a multiple of the second.

In every third round each member is credited 60 minutes, in the others each gives 5 to the next one; so what `post`
would have noted – balances after, sequences – follows from the number of the transfer, and one INSERT writes them all.
Keys and indexes are made again afterwards, which is how a large table is filled.
"""

from __future__ import annotations

import sys

CREDITS = "((r + 2) / 3)"  # rounds of credits before round r; the first round is one
BALANCE, SEQUENCE = f"60 * {CREDITS}", f"({CREDITS} + 2 * (r - {CREDITS}))"  # of each member before round r
# In a round of gifts member 0 gives before it gets, everybody else the other way round.
ROWS = f"""
INSERT INTO timebank_transfer (id, key, payer_id, payee_id, minutes, kind, origin, reason, at, salt,
       payer_balance_after, payer_sequence, payee_balance_after, payee_sequence)
SELECT n + 1, 'record:' || md5(n::text), CASE WHEN is_credit THEN %(issuance)s ELSE %(first)s + i END,
       %(first)s + CASE WHEN is_credit THEN i ELSE j END, CASE WHEN is_credit THEN 60 ELSE 5 END,
       CASE WHEN is_credit THEN 'credit' ELSE 'gift' END, 'record:' || n, '门诊导医',
       timestamptz '2020-01-01' + n * interval '10 seconds', md5('salt' || n)::uuid,
       CASE WHEN NOT is_credit THEN {BALANCE} - CASE WHEN i = 0 THEN 5 ELSE 0 END END,
       CASE WHEN NOT is_credit THEN {SEQUENCE} + CASE WHEN i = 0 THEN 1 ELSE 2 END END,
       CASE WHEN is_credit THEN {BALANCE} + 60 ELSE {BALANCE} + CASE WHEN j = 0 THEN 0 ELSE 5 END END,
       CASE WHEN is_credit THEN {SEQUENCE} + 1 ELSE {SEQUENCE} + CASE WHEN j = 0 THEN 2 ELSE 1 END END
  FROM (SELECT n, n / %(members)s AS r, n %% %(members)s AS i, (n + 1) %% %(members)s AS j,
               n / %(members)s %% 3 = 0 AS is_credit
          FROM generate_series(0::bigint, %(transfers)s - 1) n) x
"""
ENDS = f"""
UPDATE timebank_account SET balance_minutes = {BALANCE}, sequence = {SEQUENCE}
  FROM (SELECT %(rounds)s::bigint AS r) x WHERE is_limited
"""


def main(transfers: int, members: int) -> None:
    """Write the rows."""
    assert transfers % members == 0, "the rounds are whole"
    import django

    django.setup()
    from django.db import connection, transaction

    from benchmarks import _ledger_ours

    _ledger_ours.open_city()
    issuance, ids = _ledger_ours.open_accounts(members)
    assert ids == list(range(ids[0], ids[0] + members)), "the accounts of members follow each other"
    facts = {"issuance": issuance, "first": ids[0], "members": members, "transfers": transfers}
    facts["rounds"] = transfers // members
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'timebank_transfer'::regclass AND contype IN ('p', 'u')"
        )
        keys = dict(cursor.fetchall())
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'timebank_transfer' AND schemaname = current_schema()"
        )
        indexes = {name: text for name, text in cursor.fetchall() if name not in keys}
        for name in keys:
            cursor.execute(f"ALTER TABLE timebank_transfer DROP CONSTRAINT {name}")
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(ROWS, facts)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for name, text in keys.items():
            cursor.execute(f"ALTER TABLE timebank_transfer ADD CONSTRAINT {name} {text}")
        for text in indexes.values():
            cursor.execute(text)
        cursor.execute("SELECT set_config('xinglin.posting', 'on', true)")
        cursor.execute(ENDS, facts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE timebank_transfer")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
