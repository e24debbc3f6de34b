"""Accounts and transfers for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.timebank import actions
from xinglin.timebank.models import Account
from xinglin.timebank.rules import LIMITED, AccountKind, Service, Transfer, TransferKind

_numbers = count(1)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def make_account(kind: AccountKind = AccountKind.POOL, *, unit: Any = None, floor: int = 0, **fields: Any) -> Account:
    """An account of a kind; limited ones begin at zero. Kinds without an owner exist once."""
    if kind in LIMITED:
        fields |= {"floor_minutes": floor, "balance_minutes": 0, "sequence": 0}
    return Account.objects.create(
        kind=kind, unit=unit, is_limited=kind in LIMITED, **({"opened_at": LONG_AGO} | fields)
    )


def make_accounts(units: list[Any]) -> list[Account]:
    """One limited account for each unit."""
    return [make_account(AccountKind.POOL, unit=unit) for unit in units]


def make_transfer(payer: Any, payee: Any, minutes: int = 60, **fields: Any) -> Transfer:
    """A transfer that nobody has posted yet, under a key of its own."""
    fields = {"key": f"test:{next(_numbers)}", "kind": TransferKind.GIFT} | fields
    return Transfer(payer_id=_id(payer), payee_id=_id(payee), minutes=minutes, **fields)


def credit(person: Any, minutes: int = 120, *, key: str | None = None, reason: str = "门诊导医") -> None:
    """Minutes in a person's account, as if served."""
    key = key or f"record:T{next(_numbers)}"
    service = Service(person_id=person.pk, key=key, minutes=minutes, reason=reason, origin=key)
    [answer] = actions.credit_service(services=[service], at=NOON)
    assert answer.stands, answer


def _id(account: Any) -> int:
    return account if isinstance(account, int) else account.pk
