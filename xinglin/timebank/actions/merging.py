"""One account of two: a human being's minutes go to the account that is kept, and what comes up later follows them.

The other account stays in the ledger with all that ever moved over it, empty and open: a service that was credited
there may be voided one day, and a reversal mirrors what it takes back. Then the minutes are fetched from where they
are now, and what was spent meanwhile is a debt, as it would be without the merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

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


def bring_home(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """What came to an account that went, such as a gift that was reversed, goes to the one that stayed. May run twice.

    Where the one that stayed is closed, nothing can: it lies where it came to.
    """
    stayed = Account.objects.filter(person=OuterRef("person__merged_into"), unit=None, kind=AccountKind.MEMBER)
    stranded = Account.objects.filter(_went(), kind=AccountKind.MEMBER, balance_minutes__gt=F("floor_minutes"))
    reachable = stranded.exclude(Exists(stayed.filter(closed_at__isnull=False)))
    return sum(_brought(pk, at=at) for pk in reachable.order_by("pk").values_list("pk", flat=True)[:limit])


def follow_debts(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """What is owed on an account that went is paid from the one that stayed, as far as it goes. May run twice."""
    payers = Account.objects.filter(
        person=OuterRef("account__person__merged_into"),
        unit=None,
        kind=AccountKind.MEMBER,
        closed_at__isnull=True,
        balance_minutes__gt=F("floor_minutes"),
    )
    owed = Debt.objects.filter(_went("account__"), minutes__gt=F("repaid_minutes") + F("forgiven_minutes"))
    payable = owed.filter(Exists(payers))  # or those who have nothing would stand before those who have
    return sum(_paid(pk, at=at) for pk in payable.order_by("pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _brought(account_id: int, *, at: dt.datetime) -> int:
    gone = Account.objects.select_related("person").get(pk=account_id)
    kept = _kept(gone, at=at)
    _locked([kept, account_id])
    gone.refresh_from_db(fields=["sequence"])
    free = _free(account_id)
    # Each line of an account has its own number, so what comes up another time has another key.
    return _moved(account_id, kept, free, key=f"merge-home:{gone.code}:{gone.sequence}", at=at) if free else 0


@transaction.atomic
def _paid(debt_id: int, *, at: dt.datetime) -> int:
    debt = Debt.objects.select_related("account__person").get(pk=debt_id)
    payer = _kept(debt.account, at=at)
    _locked([payer, debt.account_id, debt.creditor_id])
    debt.refresh_from_db(fields=["repaid_minutes", "forgiven_minutes"])
    minutes = min(_free(payer), debt.owed_minutes)
    if minutes <= 0:
        return 0
    return _moved(payer, debt.account_id, minutes, key=f"merge-pay:{debt.code}:{debt.repaid_minutes}", at=at)


def _went(path: str = "") -> Q:
    """Accounts of people who are somebody else now, as long as minutes can move over them."""
    return Q(**{f"{path}person__merged_into__isnull": False, f"{path}closed_at__isnull": True})


def _kept(gone: Account, *, at: dt.datetime) -> int:
    kept = gone.person.merged_into_id if gone.person is not None else None
    assert kept is not None, "only accounts that went were asked for"
    return accounts.of_people(person_ids=[kept], kind=AccountKind.MEMBER, at=at)[kept]


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
    limited = Account.objects.filter(pk__in=list(account_ids), is_limited=True)
    list(limited.select_for_update(no_key=False).order_by("pk"))
