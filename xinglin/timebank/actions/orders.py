"""Paying for an order: by nobody, by the requester to the volunteer, or by the requester to the bank.

Orders themselves live above; they keep which policy held on the day they were placed, and say it here. Whoever pays,
one transaction ends the hold and pays the volunteer, or does neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.timebank import reckoning, rules
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.crediting import credit_service
from xinglin.timebank.actions.holds import demand, end_by, ends_of, hold, how_ended, release
from xinglin.timebank.actions.posting import reverse
from xinglin.timebank.errors import HoldEnded, NotOnesOwnOrder
from xinglin.timebank.models import Account
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import (
    AccountKind,
    Hold,
    OrderPaid,
    OrderPayment,
    Service,
    TakenBack,
    Transfer,
    TransferKind,
)

TOO_MUCH = "超出存量上限，转存"  # as it stands in the ledger


@transaction.atomic
def hold_for_order(*, requester: Any, minutes: int, origin: str, reason: str, at: dt.datetime) -> Hold | None:
    """Set an order's minutes aside for as long as the policy says; None where its requester pays nothing.

    Raises what `hold` raises.
    """
    terms = terms_of.order_terms(requester, at=at)
    if terms.payment == OrderPayment.NOBODY:
        return None
    expires_at = at + dt.timedelta(days=terms.hold_days)
    return hold(person=requester, minutes=minutes, origin=origin, reason=reason, expires_at=expires_at, at=at)


@transaction.atomic
def settle_order(*, origin: str, service: Service, payment: OrderPayment, at: dt.datetime) -> OrderPaid:
    """Pay for what an order came to. Twice is once.

    The requester pays what was served, and no more than was set aside; only what is left is released. What the
    volunteer gets from the requester is a minute for a minute; above their cap it goes to overflow, as a credit does.
    Raises HoldEnded, NoSuchHold, NotOnesOwnOrder, AccountClosed.
    """
    if payment == OrderPayment.NOBODY:
        return _credited(service, paid=0, at=at)
    held = demand(origin=origin)
    member = accounts.of_people(person_ids=[service.person_id], kind=AccountKind.MEMBER, at=at)[service.person_id]
    if member == held.payer_id:
        raise NotOnesOwnOrder
    # All of both persons at once, so that two who served each other can't wait for each other.
    holding = _lock([held.payer_id, held.payee_id, *_accounts_of(service.person_id)], of=service.person_id)
    used = min(service.minutes, held.minutes)
    if not used:
        release(origin=origin, at=at)
        return OrderPaid(service.key)
    if payment == OrderPayment.BANK:
        end_by(ends=ends_of(held=held, used=used, payee=accounts.issuance(at=at)), held=held, at=at)
        return _credited(service, paid=used, at=at)
    return _handed_over(held, used, service, _Payee(member, holding), at=at)


@transaction.atomic
def take_back_order(*, origin: str, reversal_key: str, reason: str, at: dt.datetime) -> TakenBack | None:
    """Give the requester back what they paid, once the service no longer counts; None where they paid nothing.

    From the volunteer, who owes what is spent; from issuance where the bank was paid, and then the volunteer's credit
    is for whoever voids the record (`take_back_service`).
    """
    end = TransferRow.objects.filter(key=rules.end_key(origin), kind=TransferKind.SETTLE).first()
    if end is None:
        return None
    over = TransferRow.objects.filter(key=rules.over_key(end.key)).first()
    _lock([*_accounts_of_hold(origin), end.payee_id])
    if over is not None:
        reverse(key=over.key, reversal_key=rules.over_key(reversal_key), reason=reason, origin=origin, at=at)
    return reverse(key=end.key, reversal_key=reversal_key, reason=reason, origin=origin, at=at)


def _credited(service: Service, *, paid: int, at: dt.datetime) -> OrderPaid:
    [answer] = credit_service(services=[service], at=at)
    assert answer.stands, f"an order's service was answered {answer.outcome} {answer.reason or ''}"
    return OrderPaid(service.key, paid, answer.credited_minutes, answer.overflow_minutes)


@dataclass(frozen=True)
class _Payee:
    """A volunteer's account, and what the volunteer has in all, free and held."""

    account_id: int
    holding_minutes: int


def _handed_over(held: TransferRow, used: int, service: Service, payee: _Payee, *, at: dt.datetime) -> OrderPaid:
    """From the hold to the volunteer, in one batch with what exceeds the cap."""
    key = rules.end_key(held.origin)
    standing = TransferRow.objects.filter(key=key).first()
    if standing is not None:
        return _as_before(held, standing, used, payee)
    room = reckoning.room_minutes(holding_minutes=payee.holding_minutes, cap_minutes=service.terms.cap_minutes)
    over = 0 if room is None else max(0, used - room)
    ends = ends_of(held=held, used=used, payee=payee.account_id)
    if over:
        unit_id = service.terms.overflow_unit_id
        ends.append(
            Transfer(
                key=rules.over_key(key),
                payer_id=payee.account_id,
                payee_id=accounts.overflow(unit_ids=[unit_id], at=at)[unit_id],
                minutes=over,
                kind=TransferKind.OVERFLOW,
                origin=held.origin,
                reason=TOO_MUCH,
            )
        )
    end_by(ends=ends, held=held, at=at)
    return OrderPaid(key, used, used - over, over)


def _as_before(held: TransferRow, end: TransferRow, used: int, payee: _Payee) -> OrderPaid:
    """What an earlier try came to; the cap is not asked again, the volunteer may hold more by now."""
    if (end.kind, end.payee_id, end.minutes) != (TransferKind.SETTLE, payee.account_id, used):
        raise HoldEnded(how=how_ended(origin=held.origin))
    over = TransferRow.objects.filter(key=rules.over_key(end.key)).values_list("minutes", flat=True).first() or 0
    return OrderPaid(end.key, used, used - over, over)


def _lock(ids: Collection[int], *, of: int | None = None) -> int:
    """Lock these accounts in the order in which the ledger does; returns what person `of` has, free and held."""
    locked = Account.objects.select_for_update(no_key=False).filter(pk__in=ids, is_limited=True).order_by("pk")
    return sum(account.balance_minutes or 0 for account in locked if account.person_id == of)


def _accounts_of(person_id: int) -> list[int]:
    kinds = [AccountKind.MEMBER, AccountKind.MEMBER_HELD]
    return list(Account.objects.filter(person_id=person_id, unit=None, kind__in=kinds).values_list("pk", flat=True))


def _accounts_of_hold(origin: str) -> list[int]:
    held = demand(origin=origin)
    return [held.payer_id, held.payee_id]
