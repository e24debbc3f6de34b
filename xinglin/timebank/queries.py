"""Reading the ledger: balances, statements, and the streams that a verification walks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum

from xinglin.lib import clock
from xinglin.timebank import rules
from xinglin.timebank.models import Account, Debt, Entry, Forgiveness, Transfer
from xinglin.timebank.models import OpenHold as OpenHoldRow
from xinglin.timebank.rules import AccountKind, Balance, Hold, OpenHold, Period, Summary, TransferKind

MEMBER_KINDS = (AccountKind.MEMBER, AccountKind.MEMBER_HELD)
FILTERS = ("in", "out", "held")
CHUNK = 2_000
MOST_HOLDS = 20
EVER = Period()

UNLIMITED_BALANCE = """
WITH rolled AS (SELECT up_to_id, minutes FROM timebank_roll_up WHERE account_id = %(account)s)
SELECT coalesce((SELECT minutes FROM rolled), 0)
     + coalesce((SELECT sum(CASE WHEN t.payee_id = %(account)s THEN t.minutes ELSE -t.minutes END)
                   FROM timebank_transfer t
                  WHERE t.id > coalesce((SELECT up_to_id FROM rolled), 0)
                    AND %(account)s IN (t.payer_id, t.payee_id)), 0)
"""
OPEN_HOLDS = """
SELECT o.origin, a.person_id, t.minutes, o.expires_at
  FROM timebank_open_hold o
  JOIN timebank_transfer t ON t.id = o.transfer_id
  JOIN timebank_account a ON a.id = t.payer_id
 ORDER BY o.origin COLLATE "C"
"""


def balance_of(person: Any) -> Balance:
    """What the person may spend now, and what is reserved."""
    free, held = _balances(person)
    return Balance(free_minutes=free, held_minutes=held, owed_minutes=owed_minutes(person))


def summary_of(person: Any) -> Summary:
    """The figures above a statement. What is held counts as neither used nor free."""
    free, held = _balances(person)
    came_in = Q(minutes__gt=0) & ~Q(kind__in=[*rules.HOLD_KINDS, TransferKind.REVERSAL])
    taken_back = Q(minutes__lt=0, kind__in=[TransferKind.REVERSAL, TransferKind.REPAYMENT])
    earned = _entries_of(person).filter(came_in | taken_back).aggregate(total=Sum("minutes"))["total"] or 0
    # Whatever came in for good and is neither free nor held has been used.
    return Summary(free, held, earned, earned - free - held, owed_minutes(person))


def balance_of_unlimited(account_id: int) -> int:
    """What an account without a floor has come to, exactly, at this moment: its roll-up and what came after it.

    One statement, so both are of one moment. Whole minutes; negative for issuance.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNLIMITED_BALANCE, {"account": account_id})
        return int(cursor.fetchone()[0])


def debts_of(person: Any) -> list[Debt]:
    """What the person owes, the oldest first: it is repaid in this order from whatever comes in."""
    whose = Q(account__person=person)
    if person is not None:  # and of the accounts that were merged into theirs
        whose |= Q(account__person__merged_into=person)
    mine = Debt.objects.filter(whose, minutes__gt=F("repaid_minutes") + F("forgiven_minutes"))
    return list(mine.order_by("pk"))


def owed_minutes(person: Any) -> int:
    """What a reversal could not take back from the person, and is not repaid or forgiven yet."""
    return sum(debt.owed_minutes for debt in debts_of(person))


def debt(code: str) -> Debt | None:
    """One debt by its code, repaid or not."""
    return Debt.objects.select_related("account__person").filter(code=code).first()


def waiting_forgivenesses() -> QuerySet[Forgiveness]:
    """What somebody asked to forgive and nobody has decided, the oldest first."""
    waiting = Forgiveness.objects.filter(decided_at=None)
    return waiting.select_related("debt__account__person__merged_into", "asked_by").order_by("pk")


def statement(
    person: Any,
    *,
    before: int | None = None,
    limit: int = 30,
    only: str | None = None,
    period: Period = EVER,
) -> list[Entry]:
    """Entries of the person's account, the latest first; `before` is the sequence that the last page ended with."""
    entries = _within(_entries_of(person), period)
    if before is not None:
        entries = entries.filter(sequence__lt=before)
    if only in FILTERS:
        entries = entries.filter(_wanted(only))
    return list(entries.order_by("-sequence")[:limit])


def entries_of(person: Any, period: Period, *, limit: int) -> list[Entry]:
    """The person's entries of a period, the earliest first, as a file shows them; one more than `limit` at most."""
    return list(_within(_entries_of(person), period).order_by("sequence")[: limit + 1])


def balance_before(person: Any, day: dt.date | None) -> int:
    """What was free at the beginning of a day."""
    if day is None:
        return 0
    earlier = _entries_of(person).filter(at__lt=_begin_of(day)).order_by("-sequence")
    return earlier.values_list("balance_after", flat=True).first() or 0


def open_holds_of(person: Any) -> list[Transfer]:
    """What is set aside for what: the holds of a person that nobody has ended, the earliest to expire first."""
    open_now = OpenHoldRow.objects.values("transfer_id")
    holds = Transfer.objects.filter(payer_id=_account_of(person), kind=TransferKind.HOLD, pk__in=open_now)
    return list(holds.order_by("expires_at", "pk")[:MOST_HOLDS])


def _within(entries: QuerySet[Entry], period: Period) -> QuerySet[Entry]:
    if period.since is not None:
        entries = entries.filter(at__gte=_begin_of(period.since))
    if period.until is not None:
        entries = entries.filter(at__lt=_begin_of(period.until + dt.timedelta(days=1)))
    return entries


def _begin_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.SHANGHAI)


def hold_of(origin: str) -> Hold | None:
    """What was set aside under this name, and how it ended, once it has; None when nothing ever was."""
    keys = [rules.hold_key(origin), rules.end_key(origin)]
    rows = {row.key: row for row in Transfer.objects.filter(key__in=keys)}
    held, end = (rows.get(key) for key in keys)
    if held is None:
        return None
    how = rules.END_OF_KIND[TransferKind(end.kind)] if end is not None else None
    return Hold(
        origin=origin,
        person_id=Account.objects.values_list("person_id", flat=True).get(pk=held.payer_id) or 0,
        minutes=held.minutes,
        expires_at=_expiry(held),
        end=how,
        settled_minutes=end.minutes if end is not None and end.kind == TransferKind.SETTLE else 0,
    )


def open_holds() -> Iterator[OpenHold]:
    """Every hold that nobody has ended, as a stream in the order of origins (code points)."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(OPEN_HOLDS)
        while rows := cursor.fetchmany(CHUNK):
            yield from (OpenHold(*row) for row in rows)


def _expiry(held: Transfer) -> Any:
    assert held.expires_at is not None, "holds and only holds expire"
    return held.expires_at


def overflow_of(unit: Any = None) -> int:
    """What the overflow account of a unit, or of the city, has taken in and not given away."""
    account = Account.objects.filter(kind=AccountKind.OVERFLOW, person=None, unit=unit).first()
    if account is None:
        return 0
    came = Transfer.objects.filter(payee_id=account.pk).aggregate(total=Sum("minutes"))["total"] or 0
    went = Transfer.objects.filter(payer_id=account.pk).aggregate(total=Sum("minutes"))["total"] or 0
    return came - went


def _wanted(only: str) -> Q:
    held = Q(kind__in=rules.HOLD_KINDS)
    return {"in": Q(minutes__gt=0) & ~held, "out": Q(minutes__lt=0) & ~held, "held": held}[only]


def _entries_of(person: Any) -> QuerySet[Entry]:
    # The number is fetched first: with a subquery inside, the view would be read as a whole.
    return Entry.objects.filter(account_id=_account_of(person))


def _account_of(person: Any) -> int:
    account = Account.objects.filter(person=person, unit=None, kind=AccountKind.MEMBER).values_list("pk", flat=True)
    return account.first() or 0


def _balances(person: Any) -> tuple[int, int]:
    accounts = Account.objects.filter(person=person, unit=None, kind__in=MEMBER_KINDS)
    minutes = dict(accounts.values_list("kind", "balance_minutes"))
    return minutes.get(AccountKind.MEMBER) or 0, minutes.get(AccountKind.MEMBER_HELD) or 0


def entry_of(person: Any, sequence: int) -> Entry | None:
    """One line of a person's statement, by its number there."""
    return _entries_of(person).filter(sequence=sequence).first()


def transfer_of_key(key: str) -> Transfer | None:
    """The transfer that was posted under this key."""
    return Transfer.objects.filter(key=key).first()
