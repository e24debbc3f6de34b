"""The verbs on benefits: keep the catalogue, redeem, and end a voucher once – used, refused, given back or expired.

Locks are taken in one order everywhere: the voucher, its benefit's row, then the accounts in the time bank.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.benefits import queries, reminding, rules
from xinglin.benefits.errors import NotOwnVoucher
from xinglin.benefits.models import Benefit, Voucher
from xinglin.benefits.rules import State
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.timebank import actions as timebank
from xinglin.timebank import queries as ledger
from xinglin.timebank.errors import HoldEnded

LARGEST_ROUND = 500

# The catalogue ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_benefit(*, unit: Unit, stock: int | None, by: Any, at: dt.datetime, **terms: Any) -> Benefit:
    """Put a benefit into a unit's catalogue. `stock` None is without limit; a command (`by=None`) need not ask."""
    if by is not None:
        organisation.demand(by, "edit_benefits", unit)
    benefit = Benefit(unit=unit, stock_left=stock, created_at=at, **_settled(terms))
    rules.refuse_backward(benefit.starts_at, benefit.ends_at)
    benefit.save(force_insert=True)
    facts = {"price_minutes": benefit.price_minutes, "level": benefit.level, "stock": stock}
    _tell("added_benefit", benefit, by=by, at=at, facts=facts)
    return benefit


@transaction.atomic
def edit_benefit(*, benefit: Benefit, by: Any, at: dt.datetime, **terms: Any) -> Benefit:
    """Change a benefit's terms. Vouchers already given keep what was promised; the trail keeps both values."""
    benefit = _held(benefit.pk)
    organisation.demand(by, "edit_benefits", benefit.unit)
    changes = {
        name: [_plain(getattr(benefit, name)), _plain(value)]
        for name, value in _settled(terms).items()
        if getattr(benefit, name) != value
    }
    for name, value in _settled(terms).items():
        setattr(benefit, name, value)
    rules.refuse_backward(benefit.starts_at, benefit.ends_at)
    if changes:
        benefit.save(update_fields=list(changes))
        _tell("edited_benefit", benefit, by=by, at=at, facts=changes)
    return benefit


@transaction.atomic
def pause(*, benefit: Benefit, by: Any, at: dt.datetime) -> Benefit:
    """Give none for the moment; vouchers already given hold. Twice is once."""
    return _paused(benefit, at, by=by, verb="paused_benefit", at=at)


@transaction.atomic
def resume(*, benefit: Benefit, by: Any, at: dt.datetime) -> Benefit:
    """Give it again. Twice is once."""
    return _paused(benefit, None, by=by, verb="resumed_benefit", at=at)


@transaction.atomic
def restock(*, benefit: Benefit, change: int, by: Any, at: dt.datetime) -> Benefit:
    """Add to what is left, or take some away; whoever redeems at this moment is counted before or after."""
    benefit = _held(benefit.pk)
    organisation.demand(by, "edit_benefits", benefit.unit)
    left = rules.restocked(benefit.stock_left, change)
    facts = {"before": benefit.stock_left, "after": left}
    benefit.stock_left = left
    benefit.save(update_fields=["stock_left"])
    _tell("restocked_benefit", benefit, by=by, at=at, facts=facts)
    return benefit


# Redeeming -------------------------------------------------------------------------------------------------------


@transaction.atomic
def redeem(*, benefit: Benefit, user: Any, request: str, at: dt.datetime) -> Voucher:
    """Give a voucher and set its price aside, or refuse with the reason. The same request again gives the same voucher.

    The benefit's row is locked first: two who want the last one, and one person's two taps, come one after the other.
    """
    benefit = _held(benefit.pk)
    person = people.person_of(user)
    standing = Voucher.objects.filter(person=person, request=request).first() if person is not None else None
    if standing is not None:
        return standing
    for refusal in queries.hindrances(benefit, user, at=at):
        raise refusal
    assert person is not None, "whoever is a volunteer is a person"
    voucher = Voucher.objects.create(
        benefit=benefit,
        person=person,
        request=request,
        title=benefit.title,
        where_to_use=benefit.where_to_use,
        minutes=benefit.price_minutes,
        redeemed_at=at,
        expires_at=queries.expiry_of(benefit, at=at),
    )
    _move_stock(benefit, -1)
    if voucher.minutes:
        timebank.hold(
            person=person,
            minutes=voucher.minutes,
            origin=voucher.origin,
            reason=voucher.title,
            expires_at=voucher.expires_at + rules.HOLD_OUTLIVES,
            at=at,
        )
    _tell_of(voucher, "redeemed_benefit", by=user, at=at, facts={"minutes": voucher.minutes})
    return voucher


@transaction.atomic
def use(*, voucher: Voucher, by: Any, at: dt.datetime) -> Voucher:
    """The desk hands the benefit out: the minutes are used up. The same hand twice is once."""
    voucher = _locked(voucher)
    organisation.demand(by, "redeem_voucher", voucher.benefit.unit)
    if voucher.state == State.USED and voucher.ended_by_id == by.pk:
        return voucher
    state = _step(voucher, "use", by=by, at=at)
    if voucher.minutes:
        timebank.settle(origin=voucher.origin, at=at)
    return _ended(voucher, state, "used_voucher", by=by, at=at)


@transaction.atomic
def refuse(*, voucher: Voucher, by: Any, reason: str, at: dt.datetime) -> Voucher:
    """The desk can't hand it out: minutes and place go back, and the person reads why."""
    voucher = _locked(voucher)
    organisation.demand(by, "redeem_voucher", voucher.benefit.unit)
    state = _step(voucher, "refuse", by=by, at=at)
    voucher.reason = rules.reason_as_kept(reason)
    _give_back(voucher, at=at)
    reminding.refused(voucher, at=at)
    return _ended(voucher, state, "refused_voucher", by=by, at=at, reason=voucher.reason)


@transaction.atomic
def give_back(*, voucher: Voucher, by: Any, at: dt.datetime) -> Voucher:
    """The person does not want it after all: minutes and place go back. Twice is once."""
    voucher = _locked(voucher)
    assert voucher.person.user_id == by.pk, "a door lets people at their own vouchers only"
    if voucher.state == State.RETURNED:
        return voucher
    state = rules.after(voucher.state, "give_back", state_said=str(voucher.get_state_display()))
    rules.refuse_expired(voucher.expires_at, at=at)
    _give_back(voucher, at=at)
    return _ended(voucher, state, "returned_voucher", by=by, at=at)


@transaction.atomic
def end_with_account(*, voucher: Voucher, at: dt.datetime) -> Voucher:
    """Its owner leaves for good, or their account becomes part of another: minutes and place go back."""
    voucher = _locked(voucher)
    if voucher.state != State.UNUSED:
        return voucher
    _give_back(voucher, at=at)
    state = State.EXPIRED if voucher.expires_at <= at else State.RETURNED
    verb = "expired_voucher" if state == State.EXPIRED else "returned_voucher"
    return _ended(voucher, state, verb, by=None, at=at)


def expire_vouchers(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """End up to `limit` of the vouchers whose time is over, each in a transaction of its own; returns how many.

    One by one, because each locks a benefit and an account: in one transaction they would be locked in the order of
    vouchers, and could wait for somebody who locks in another order.
    """
    due = Voucher.objects.filter(state=State.UNUSED, expires_at__lte=at).order_by("expires_at", "pk")
    return sum(_expire(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _expire(pk: int, *, at: dt.datetime) -> bool:
    """False when somebody else holds or has ended it."""
    waiting = Voucher.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, state=State.UNUSED)
    voucher = waiting.select_related("benefit__unit", "person").first()
    if voucher is None:
        return False
    _give_back(voucher, at=at)
    _ended(voucher, State.EXPIRED, "expired_voucher", by=None, at=at)
    return True


# Below the verbs -------------------------------------------------------------------------------------------------


def _locked(voucher: Voucher) -> Voucher:
    return Voucher.objects.select_for_update(of=("self",)).select_related("benefit__unit", "person").get(pk=voucher.pk)


def _held(pk: int) -> Benefit:
    """The benefit's row, locked: its stock and terms stand still until the transaction is over."""
    return Benefit.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=pk)


def _step(voucher: Voucher, step: str, *, by: Any, at: dt.datetime) -> State:
    """Where the desk's step leads; not for one's own voucher, and not after its end."""
    state = rules.after(voucher.state, step, state_said=str(voucher.get_state_display()))
    rules.refuse_expired(voucher.expires_at, at=at)
    if voucher.person.user_id == by.pk:
        raise NotOwnVoucher
    return state


def _give_back(voucher: Voucher, *, at: dt.datetime) -> None:
    """The place and the minutes; the ledger's own sweep may have been quicker with the minutes."""
    _move_stock(_held(voucher.benefit_id), 1)
    if not voucher.minutes:
        return
    try:
        with transaction.atomic():
            timebank.release(origin=voucher.origin, at=at)
    except HoldEnded:
        held = ledger.hold_of(voucher.origin)
        if held is None or held.settled_minutes:
            raise


def _move_stock(benefit: Benefit, change: int) -> None:
    """The row is locked by whoever calls this; where there is no limit nothing is counted."""
    if benefit.stock_left is not None:
        benefit.stock_left += change
        benefit.save(update_fields=["stock_left"])


def _ended(voucher: Voucher, state: State, verb: str, *, by: Any, at: dt.datetime, reason: str = "") -> Voucher:
    voucher.state, voucher.ended_at, voucher.ended_by = state, at, by
    voucher.save(update_fields=["state", "ended_at", "ended_by", "reason"])
    _tell_of(voucher, verb, by=by, at=at, reason=reason, facts={"minutes": voucher.minutes})
    return voucher


def _paused(benefit: Benefit, paused_at: dt.datetime | None, *, by: Any, verb: str, at: dt.datetime) -> Benefit:
    benefit = _held(benefit.pk)
    organisation.demand(by, "edit_benefits", benefit.unit)
    if (benefit.paused_at is None) == (paused_at is None):
        return benefit
    benefit.paused_at = paused_at
    benefit.save(update_fields=["paused_at"])
    _tell(verb, benefit, by=by, at=at)
    return benefit


def _settled(terms: dict[str, Any]) -> dict[str, Any]:
    """Where a privilege is named, its star is the benefit's."""
    privilege = terms.get("privilege")
    return terms | {"level": privilege.level} if privilege is not None else terms


def _plain(value: Any) -> Any:
    """As the trail keeps it."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)


def _tell(verb: str, benefit: Benefit, *, by: Any, at: dt.datetime, facts: dict[str, Any] | None = None) -> None:
    thing = f"benefit:{benefit.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=benefit.unit.path, facts=facts, at=at)


def _tell_of(voucher: Voucher, verb: str, *, by: Any, at: dt.datetime, facts: dict[str, Any], reason: str = "") -> None:
    path, about = voucher.benefit.unit.path, voucher.person.name if reason else ""
    told: dict[str, Any] = {"reason": reason, "about": about, "facts": facts}
    audit.record(actor=by, verb=verb, thing=voucher.origin, unit_path=path, at=at, **told)
