"""One account of two: a human being's minutes go to the account that is kept, and what comes up later follows them.

The other account stays in the ledger with all that ever moved over it, empty and open: a service that was credited
there may be voided one day, and a reversal mirrors what it takes back. Then the minutes are fetched from where they
are now, and what was spent meanwhile is a debt, as it would be without the merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from xinglin.people.models import Person
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.fetching import REASON
from xinglin.timebank.actions.posting import post
from xinglin.timebank.models import Account, Debt
from xinglin.timebank.rules import AccountKind, Outcome, Transfer, TransferKind

LARGEST_ROUND = 500


def move_all(*, kept: Person, gone: Person, at: dt.datetime) -> int:
    """Everything that is free on the account that goes, to the one that stays; returns how many minutes.

    Where the policy let the account that goes below zero, the one that stays pays for it.
    """
    members = accounts.of_people(person_ids=[kept.pk, gone.pk], kind=AccountKind.MEMBER, at=at)
    _locked(members.values())
    balance = Account.objects.values_list("balance_minutes", flat=True).get(pk=members[gone.pk]) or 0
    if balance < 0:
        return -_moved(members[kept.pk], members[gone.pk], -balance, key=f"merge:{gone.code}", at=at)
    free = _free(members[gone.pk])
    if free == 0:
        return 0
    return _moved(members[gone.pk], members[kept.pk], free, key=f"merge:{gone.code}", at=at)


@transaction.atomic
def follow_debts(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """What is owed on an account that went is paid from the one that stayed, as far as it goes. May run twice."""
    owed = Debt.objects.filter(
        account__person__merged_into__isnull=False, minutes__gt=F("repaid_minutes") + F("forgiven_minutes")
    )
    done = 0
    for debt in owed.select_related("account__person").order_by("pk")[:limit]:
        kept = debt.account.person.merged_into if debt.account.person is not None else None
        assert kept is not None, "only accounts that went were asked for"
        payer = accounts.of_people(person_ids=[kept.pk], kind=AccountKind.MEMBER, at=at)[kept.pk]
        _locked([payer, debt.account_id])
        debt.refresh_from_db()
        minutes = min(_free(payer), debt.owed_minutes)
        if minutes > 0:
            key = f"merge-pay:{debt.code}:{debt.repaid_minutes}"
            done += _moved(payer, debt.account_id, minutes, key=key, at=at)
    return done


def _moved(payer_id: int, payee_id: int, minutes: int, *, key: str, at: dt.datetime) -> int:
    transfer = Transfer(
        key=key,
        payer_id=payer_id,
        payee_id=payee_id,
        minutes=minutes,
        kind=TransferKind.MERGE,
        origin=key,
        reason=REASON,
    )
    [answer] = post(transfers=[transfer], at=at)
    assert answer.stands or answer.outcome == Outcome.CONFLICT, f"a merge was answered {answer}"
    return minutes if answer.outcome == Outcome.POSTED else 0


def _free(account_id: int) -> int:
    account = Account.objects.get(pk=account_id)
    return max(0, (account.balance_minutes or 0) - (account.floor_minutes or 0))


def _locked(account_ids: Iterable[int]) -> None:
    """In the ledger's own order, so that no two sessions wait for each other."""
    list(Account.objects.select_for_update(no_key=False).filter(pk__in=list(account_ids)).order_by("pk"))
