"""Reading the ledger: balances, statements, and the streams that a verification walks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, Sum

from xinglin.timebank.models import Account, Entry
from xinglin.timebank.rules import AccountKind, Balance, Summary, TransferKind

MEMBER_KINDS = (AccountKind.MEMBER, AccountKind.MEMBER_HELD)
FILTERS = ("in", "out", "held")


def balance_of(person: Any) -> Balance:
    """What the person may spend now, and what is reserved."""
    free, held = _balances(person)
    return Balance(free_minutes=free, held_minutes=held)


def summary_of(person: Any) -> Summary:
    """The four figures above a statement. What is held counts as neither used nor free."""
    free, held = _balances(person)
    came_in = Q(minutes__gt=0) & ~Q(kind__in=[TransferKind.RELEASE, TransferKind.REVERSAL])
    taken_back = Q(minutes__lt=0, kind=TransferKind.REVERSAL)
    earned = _entries_of(person).filter(came_in | taken_back).aggregate(total=Sum("minutes"))["total"] or 0
    # Whatever came in for good and is neither free nor held has been used.
    return Summary(free, held, earned, earned - free - held)


def statement(person: Any, *, before: int | None = None, limit: int = 30, only: str | None = None) -> list[Entry]:
    """Entries of the person's account, the latest first; `before` is the sequence that the last page ended with."""
    entries = _entries_of(person)
    if before is not None:
        entries = entries.filter(sequence__lt=before)
    if only in FILTERS:
        entries = entries.filter(_wanted(only))
    return list(entries.order_by("-sequence")[:limit])


def _wanted(only: str) -> Q:
    held = Q(kind__in=[TransferKind.HOLD, TransferKind.RELEASE])
    return {"in": Q(minutes__gt=0) & ~held, "out": Q(minutes__lt=0) & ~held, "held": held}[only]


def _entries_of(person: Any) -> QuerySet[Entry]:
    account = Account.objects.filter(person=person, unit=None, kind=AccountKind.MEMBER).values_list("pk", flat=True)
    # The number is fetched first: with a subquery inside, the view would be read as a whole.
    return Entry.objects.filter(account_id=account.first() or 0)


def _balances(person: Any) -> tuple[int, int]:
    accounts = Account.objects.filter(person=person, unit=None, kind__in=MEMBER_KINDS)
    minutes = dict(accounts.values_list("kind", "balance_minutes"))
    return minutes.get(AccountKind.MEMBER) or 0, minutes.get(AccountKind.MEMBER_HELD) or 0
