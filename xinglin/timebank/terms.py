"""What the policies say of a person, and the gifts that were given under them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from xinglin.lib import clock
from xinglin.lib.errors import NotFound
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Person
from xinglin.timebank import queries, reckoning
from xinglin.timebank.models import Account, Gift, Transfer
from xinglin.timebank.rules import AccountKind, OpenHold, OrderPayment, TransferKind

CHUNK = 1000


@dataclass(frozen=True)
class GiftTerms:
    """What the policies of a giver's unit say about gifts."""

    permitted: Sequence[str]
    needs_confirmation: bool
    wait_days: int
    spending: reckoning.Spending
    pool_unit: Unit | None


SPENDING = ("spending_age", "hardship_age", "adult_age", "donate_only", "overdraft_minutes")
EXPIRING = ("expiry_months", "expiry_warning_days")
ORDERING = ("order_payment", "order_hold_days")
GIVING = ("permitted_gifts", "gift_confirmation", "gift_hold_days")


def gift_terms(giver: Person, *, at: dt.datetime) -> GiftTerms:
    """What holds for this giver now."""
    home = people.home_unit(giver)
    values = organisation.policies_of([*SPENDING, *GIVING], home, at=at)
    return GiftTerms(
        permitted=values["permitted_gifts"],
        needs_confirmation=values["gift_confirmation"] == "yes",
        wait_days=values["gift_hold_days"],
        spending=_spending(giver, values, at=at),
        pool_unit=organisation.houses_of([home])[home.pk] if home is not None else None,
    )


def spending_of(person: Person, *, at: dt.datetime) -> reckoning.Spending:
    """May this person use minutes, and from which age on?"""
    return _spending(person, organisation.policies_of(SPENDING, people.home_unit(person), at=at), at=at)


@dataclass(frozen=True)
class OrderTerms:
    """What the policies of whoever places an order say about paying for it."""

    payment: OrderPayment
    hold_days: int


def order_terms(requester: Person, *, at: dt.datetime) -> OrderTerms:
    """Who pays for an order of this person, and how long its minutes are set aside at most."""
    values = organisation.policies_of(ORDERING, people.home_unit(requester), at=at)
    return OrderTerms(OrderPayment(values["order_payment"]), values["order_hold_days"])


# What only comes back to its owner is as old as it was; everything else that comes in is young.
RETURNS = (TransferKind.RELEASE, TransferKind.LAPSE)


def too_old(
    accounts: Sequence[Account],
    *,
    day: dt.date,
    at: dt.datetime,
    warns: bool = False,
    changed: Mapping[str, Any] = MappingProxyType({}),
) -> dict[int, int]:
    """Minutes of each account that are past their lifetime on `day`, by the account; with `warns` soon will be.

    `changed` are policies as they might be: for a preview.
    """
    persons = {account.pk: account.person for account in accounts if account.person is not None}
    homes = people.home_units(persons.values())
    said = organisation.policy_values(EXPIRING, set(homes.values()), at=at)
    values = {key: found | dict(changed) for key, found in said.items()}
    by_cutoff: dict[dt.date, list[Account]] = {}
    for account in accounts:
        home = homes.get(account.person_id or 0)
        months = values[home.pk]["expiry_months"] if home is not None else 0
        if home is not None and months:
            ahead = dt.timedelta(days=values[home.pk]["expiry_warning_days"] if warns else 0)
            by_cutoff.setdefault(reckoning.months_before(day + ahead, months), []).append(account)
    found = {}
    for cutoff, group in by_cutoff.items():
        young = _young([account.pk for account in group], since=cutoff)
        for account in group:
            found[account.pk] = reckoning.expired_minutes(
                free_minutes=max(0, account.balance_minutes or 0), young_minutes=young.get(account.pk, 0)
            )
    return found


def _young(account_ids: Sequence[int], *, since: dt.date) -> dict[int, int]:
    """What came into each account after that day and was not taken back."""
    after = dt.datetime.combine(since + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    came = Transfer.objects.filter(payee_id__in=account_ids, payee_sequence__isnull=False, at__gte=after)
    came = came.exclude(kind__in=RETURNS).exclude(Exists(Transfer.objects.filter(reverses=OuterRef("pk"))))
    return dict(came.values_list("payee_id").annotate(total=Sum("minutes")))


@dataclass(frozen=True)
class Notice:
    """What a member should know of their minutes before it happens."""

    low_minutes: int | None = None  # what is free, where that is less than the policy warns of
    overdrawn_minutes: int = 0  # how far below zero; repaid first from what comes in
    overdraft_minutes: int = 0  # how far below zero the policy lets spending go
    expiring_minutes: int = 0
    expiring_by: dt.date | None = None


def notice_for(person: Person | None, *, at: dt.datetime) -> Notice:
    """Little is left, or something will soon be too old; nothing, where the policies warn of nothing."""
    account = Account.objects.filter(person=person, unit=None, kind=AccountKind.MEMBER).first() if person else None
    if person is None or account is None:
        return Notice()
    names = ("low_balance_minutes", *EXPIRING, *SPENDING)
    values = organisation.policies_of(names, people.home_unit(person), at=at)
    free = account.balance_minutes or 0
    notice = Notice(
        low_minutes=free if 0 <= free < values["low_balance_minutes"] else None,
        overdrawn_minutes=max(0, -free),
        overdraft_minutes=_spending(person, values, at=at).may_overdraw,
    )
    if not values["expiry_months"]:
        return notice
    today = clock.local_day(at)
    expiring = too_old([account], day=today, at=at, warns=True).get(account.pk, 0)
    by = today + dt.timedelta(days=values["expiry_warning_days"])
    return replace(notice, expiring_minutes=expiring, expiring_by=by if expiring else None)


def word_of_relation(giver: Person, receiver: Person) -> str | None:
    """What the policy calls the tie between the two; None where there is none."""
    kind = people.tie_between(giver, receiver)
    return None if kind is None else reckoning.WORD_OF_RELATION[kind]


def room_of(person: Person, *, at: dt.datetime) -> int | None:
    """How many minutes the person may still take under the cap of their unit; None is any."""
    hours = organisation.policies_of(["holding_cap_hours"], people.home_unit(person), at=at)["holding_cap_hours"]
    return reckoning.room_minutes(holding_minutes=_holding(person), cap_minutes=hours * 60 or None)


def gifts_waiting_for(person: Person, *, at: dt.datetime) -> QuerySet[Gift]:
    """Gifts to which this person has not nodded yet."""
    return _gifts().filter(receiver=person, state=Gift.State.WAITING, expires_at__gt=at).order_by("given_at")


def gifts_given_by(person: Person, *, at: dt.datetime) -> QuerySet[Gift]:
    """Gifts of this person that wait for a nod."""
    return _gifts().filter(giver=person, state=Gift.State.WAITING, expires_at__gt=at).order_by("given_at")


def past_gifts_of(person: Person, *, at: dt.datetime) -> QuerySet[Gift]:
    """Gifts that ended, given and received, the latest first."""
    over = ~Q(state=Gift.State.WAITING) | Q(expires_at__lte=at)
    return _gifts().filter(Q(giver=person) | Q(receiver=person), over).order_by("-given_at", "-pk")


def gift_seen_by(person: Person | None, code: str, *, as_: str) -> Gift:
    """A gift in which the person is giver or receiver, as is asked; to all others there is none."""
    found = _gifts().filter(code=code, **{as_: person}).first() if person is not None else None
    if found is None:
        raise NotFound
    return found


def _holding(person: Person) -> int:
    balance = queries.balance_of(person)
    return balance.free_minutes + balance.held_minutes


def _gifts() -> QuerySet[Gift]:
    return Gift.objects.select_related("giver", "receiver", "pool_unit", "team")


def _spending(person: Person, values: dict[str, Any], *, at: dt.datetime) -> reckoning.Spending:
    return reckoning.Spending(
        age=people.age_of(person, at=at),
        in_hardship=people.is_in_hardship(person, on=clock.local_day(at)),
        **{name: values[name] for name in SPENDING},
    )


def gift_holds() -> Iterator[OpenHold]:
    """What gifts that wait for a nod have set aside, in the order of origins."""
    waiting = Gift.objects.filter(state=Gift.State.WAITING, expires_at__isnull=False).order_by("code")
    for gift in waiting.iterator(chunk_size=CHUNK):
        assert gift.expires_at is not None
        yield OpenHold(gift.origin, gift.giver_id, gift.minutes, gift.expires_at)
