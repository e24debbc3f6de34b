"""Rolling up unlimited accounts, outside the hot path: a transfer never waits for their balance.

How far may a sum go? A transfer can appear below one that is visible already, as long as its transaction runs. The log
has the same question and answers it with marks (`audit.sealer`): what is sealed is final. So the sums follow the log,
and what has not been sealed yet is the tail, which `queries.balance_of_unlimited` adds at the moment of asking.
"""

from __future__ import annotations

from django.db import connection, transaction

from xinglin.audit import log
from xinglin.timebank.leaves import TRANSFERS
from xinglin.timebank.models import Account, RollUp

# Sums of bigints are numeric in PostgreSQL and can't overflow on the way; the cast refuses what a row couldn't hold.
ADVANCE = """
UPDATE timebank_roll_up r
   SET minutes = (r.minutes + coalesce(s.minutes, 0))::bigint, up_to_id = %(up_to)s
  FROM unnest(%(accounts)s::bigint[]) AS u (account_id)
  LEFT JOIN (
    SELECT l.account_id, sum(l.minutes) AS minutes
      FROM (SELECT payer_id AS account_id, -minutes::bigint AS minutes FROM timebank_transfer
             WHERE id > %(after)s AND id <= %(up_to)s AND payer_sequence IS NULL
            UNION ALL
            SELECT payee_id, minutes FROM timebank_transfer
             WHERE id > %(after)s AND id <= %(up_to)s AND payee_sequence IS NULL) l
     GROUP BY l.account_id) s ON s.account_id = u.account_id
 WHERE r.account_id = u.account_id
"""


@transaction.atomic
def roll_up() -> int:
    """Bring the sums of all unlimited accounts up to what is sealed; returns how many moved on. Safe to repeat."""
    up_to = log.position(TRANSFERS.name)
    missing = Account.objects.filter(is_limited=False).exclude(pk__in=RollUp.objects.values("pk"))
    RollUp.objects.bulk_create(
        [RollUp(account_id=pk, up_to_id=0, minutes=0) for pk in missing.values_list("pk", flat=True).order_by("pk")],
        ignore_conflicts=True,
    )
    by_place: dict[int, list[int]] = {}  # mostly all at one place; a new account begins at zero
    for row in RollUp.objects.select_for_update().filter(up_to_id__lt=up_to).order_by("pk"):
        by_place.setdefault(row.up_to_id, []).append(row.pk)
    for after, accounts in by_place.items():
        with connection.cursor() as cursor:
            cursor.execute(ADVANCE, {"after": after, "up_to": up_to, "accounts": accounts})
    return sum(len(accounts) for accounts in by_place.values())
