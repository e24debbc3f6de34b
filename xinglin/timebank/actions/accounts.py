"""Opening accounts: each owner has at most one of a kind, whoever asks first, and asking twice is once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import connection

from xinglin.audit import actions as audit
from xinglin.timebank import rules
from xinglin.timebank.models import Account
from xinglin.timebank.rules import AccountKind


def issuance(*, at: dt.datetime) -> int:
    """The account that all credited minutes come from: one per city."""
    standing = Account.objects.filter(kind=AccountKind.ISSUANCE, person=None, unit=None)
    found = standing.values_list("pk", flat=True).first()
    if found is None:
        Account.objects.bulk_create(
            [Account(kind=AccountKind.ISSUANCE, is_limited=False, opened_at=at)], ignore_conflicts=True
        )
        found = standing.values_list("pk", flat=True).get()
    return found


def overflow(*, unit_ids: Collection[int | None], at: dt.datetime) -> dict[int | None, int]:
    """Accounts for what exceeds a member's cap, by the unit that keeps them; `None` is the city's own."""
    wanted = Account.objects.filter(kind=AccountKind.OVERFLOW, person=None)
    found: dict[int | None, int] = dict(wanted.values_list("unit_id", "pk"))
    missing = sorted(set(unit_ids) - found.keys(), key=lambda unit_id: unit_id or 0)
    if missing:
        new = [Account(kind=AccountKind.OVERFLOW, unit_id=key, is_limited=False, opened_at=at) for key in missing]
        Account.objects.bulk_create(new, ignore_conflicts=True)
        found = dict(wanted.values_list("unit_id", "pk"))
    return found


def of_unit(*, unit_id: int, kind: AccountKind, at: dt.datetime) -> int:
    """A unit's own account of a kind with a floor, such as its pool; opened when it is first asked for."""
    standing = Account.objects.filter(kind=kind, person=None, unit_id=unit_id).values_list("pk", flat=True)
    found = standing.first()
    if found is None:
        Account.objects.bulk_create([_empty(None, kind, at=at, unit_id=unit_id)], ignore_conflicts=True)
        found = standing.get()
    return found


def of_people(*, person_ids: Collection[int], kind: AccountKind, at: dt.datetime) -> dict[int, int]:
    """Account ids by person; opens what is missing. Two sessions may open the same ones: the unique key keeps one."""
    found = _found(person_ids, kind)
    missing = sorted(set(person_ids) - found.keys())  # in one order, so that two sessions cannot wait for each other
    if missing:
        Account.objects.bulk_create([_empty(person_id, kind, at=at) for person_id in missing], ignore_conflicts=True)
        found |= _found(missing, kind)
    return found


def follow_overdraft(*, free: int, held: int, minutes: int, at: dt.datetime, payees: Collection[int] = ()) -> None:
    """Let a member's account go `minutes` below its floor from now on, as the policy says; a change goes on the trail.

    Called in the transaction that spends, before it posts. All that it will move (`payees` too) is locked first, in
    the order in which the ledger locks, and only then is asked how far down the account may go: a spending that is
    under way elsewhere may be changing it. Who is further down already stays there until something comes in.
    """
    locked = Account.objects.select_for_update(no_key=False).filter(pk__in=[free, held, *payees]).order_by("pk")
    [account] = [account for account in locked if account.pk == free]
    if account.overdraft_minutes == minutes:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT before, after, entries FROM allow_overdraft(%s, %s)", [free, minutes])
        for before, after, entries in cursor.fetchall():
            facts = {"before": before, "after": after, "entries": entries}
            audit.record(actor=None, verb="allowed_overdraft", thing=f"account:{account.code}", facts=facts, at=at)


def _found(person_ids: Collection[int], kind: AccountKind) -> dict[int, int]:
    accounts = Account.objects.filter(person_id__in=person_ids, unit=None, kind=kind)
    return dict(accounts.values_list("person_id", "pk"))


def _empty(person_id: int | None, kind: AccountKind, *, at: dt.datetime, unit_id: int | None = None) -> Account:
    assert kind in rules.LIMITED, "it has a floor"
    return Account(
        kind=kind,
        person_id=person_id,
        unit_id=unit_id,
        is_limited=True,
        floor_minutes=0,
        balance_minutes=0,
        sequence=0,
        opened_at=at,
    )
