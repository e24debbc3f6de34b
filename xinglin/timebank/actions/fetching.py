"""Minutes that were credited to an account since merged into another one are fetched back before they are reversed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from xinglin.timebank.actions import accounts
from xinglin.timebank.models import Account
from xinglin.timebank.rules import AccountKind, Transfer, TransferKind

REASON = "合并账号"  # as it stands in the ledger, where nothing personal may stand


def fetch_back(*, account_id: int, minutes: int, key: str, at: dt.datetime, post: Callable[..., Any]) -> None:
    """Bring what is missing on this account from the one that it was merged into, as far as there is enough."""
    account = Account.objects.filter(pk=account_id, person__merged_into__isnull=False).select_related("person").first()
    if account is None or account.person is None or account.person.merged_into_id is None:
        return
    kept_id = account.person.merged_into_id
    kept = accounts.of_people(person_ids=[kept_id], kind=AccountKind.MEMBER, at=at)[kept_id]
    both = Account.objects.select_for_update(no_key=False).filter(pk__in=[account_id, kept]).order_by("pk")
    balances = {one.pk: one.balance_minutes or 0 for one in both}
    missing = min(minutes - balances[account_id], balances[kept])
    if missing > 0:
        back = Transfer(
            key=f"merge-back:{key}"[:80],
            payer_id=kept,
            payee_id=account_id,
            minutes=missing,
            kind=TransferKind.MERGE,
            origin=f"merge-back:{key}"[:80],
            reason=REASON,
        )
        post(transfers=[back], at=at)
