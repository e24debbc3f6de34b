"""Holds: minutes set aside for something that was asked for. Each ends exactly once: settled, released or expired.

A hold is a transfer from the member's account to the member's held account. Whatever ends it is a transfer out of there
under one key, `end:{origin}`, so that the ledger itself lets only one end happen, whoever races for it: the first
is posted, the same again is answered as before, another one is a conflict.

From `expires_at` on a hold is over, whether the sweep has come by or not: it can't be settled any more. Giving it back
is what the sweep would do as well, so releasing it still works until the sweep has.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from xinglin.lib.web.words import minutes_said
from xinglin.timebank import queries, rules
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.posting import post
from xinglin.timebank.errors import (
    AccountClosed,
    AlreadyHeld,
    DonatesOnly,
    HoldEnded,
    MaySpendLater,
    MoreThanHeld,
    NoSuchHold,
    NotEnoughMinutes,
)
from xinglin.timebank.models import OpenHold
from xinglin.timebank.models import Transfer as TransferRow
from xinglin.timebank.rules import AccountKind, Hold, HoldEnd, Outcome, Reason, Transfer, TransferKind

LARGEST_ROUND = 1_000

logger = logging.getLogger(__name__)


@transaction.atomic
def hold(
    *,
    person: Any,
    minutes: int,
    origin: str,
    reason: str,
    expires_at: dt.datetime,
    at: dt.datetime,
    is_gift: bool = False,
) -> Hold:
    """Set minutes of a person aside for what `origin` names, until `expires_at`. Twice is once.

    The expiry is mostly counted from the moment of asking, so a repeat may name a later one: the first stands.
    Raises NotEnoughMinutes, AlreadyHeld when the same origin was held for something else, AccountClosed; and what the
    policies say against using minutes oneself (a gift has its own): DonatesOnly, MaySpendLater.
    """
    free, held = (
        accounts.of_people(person_ids=[person.pk], kind=kind, at=at)[person.pk]
        for kind in (AccountKind.MEMBER, AccountKind.MEMBER_HELD)
    )
    overdraft = 0
    if not TransferRow.objects.filter(key=rules.hold_key(origin)).exists():
        overdraft = 0 if is_gift else _refuse_to_spend(person, at=at)  # nobody gives away what they don't have
        accounts.follow_overdraft(free=free, held=held, minutes=overdraft, at=at)
    asked = Transfer(
        key=rules.hold_key(origin),
        payer_id=free,
        payee_id=held,
        minutes=minutes,
        kind=TransferKind.HOLD,
        origin=origin,
        reason=reason,
        expires_at=expires_at,
    )
    [answer] = post(transfers=[asked], at=at)
    if answer.reason == Reason.FLOOR:
        usable = max(0, queries.balance_of(person).free_minutes + overdraft)
        raise NotEnoughMinutes(free=minutes_said(usable), needed=minutes_said(minutes))
    if answer.reason == Reason.CLOSED:
        raise AccountClosed
    if answer.outcome == Outcome.CONFLICT and not _is_the_same(demand(origin=origin), asked):
        raise AlreadyHeld
    if answer.outcome == Outcome.POSTED:
        assert expires_at > at, "a hold that is over before it begins"
        assert answer.transfer_id is not None
        OpenHold.objects.create(transfer_id=answer.transfer_id, origin=origin, expires_at=expires_at)
    assert answer.reason is None, f"a hold was answered {answer.outcome} {answer.reason}"
    return _standing(origin)


@transaction.atomic
def settle(*, origin: str, at: dt.datetime, minutes: int | None = None, payee_id: int | None = None) -> Hold:
    """End a hold by using `minutes` of it, all by default; the rest goes back to the person in the same batch.

    They go to the account `payee_id`, by default back to issuance: used up. The same again is answered as before.
    Raises HoldEnded when it ended otherwise or has expired by `at`, MoreThanHeld, NoSuchHold, AccountClosed.
    """
    held = demand(origin=origin)
    used = held.minutes if minutes is None else minutes
    if not 0 < used <= held.minutes:
        raise MoreThanHeld(held=minutes_said(held.minutes))
    payee = accounts.issuance(at=at) if payee_id is None else payee_id
    return end_by(ends=ends_of(held=held, used=used, payee=payee), held=held, at=at)


def ends_of(*, held: TransferRow, used: int, payee: int) -> list[Transfer]:
    """What ends a hold by using a part of it: that part, and what goes back."""
    ends = [_out_of(held, TransferKind.SETTLE, rules.end_key(held.origin), payee, used)]
    if used < held.minutes:
        rest = held.minutes - used
        ends.append(_out_of(held, TransferKind.RELEASE, rules.rest_key(held.origin), held.payer_id, rest))
    return ends


def end_by(*, ends: list[Transfer], held: TransferRow, at: dt.datetime) -> Hold:
    """Post what uses a hold, the end itself in front; refused when its time is over."""
    assert held.expires_at is not None, "holds and only holds expire"
    if at >= held.expires_at and not TransferRow.objects.filter(key=rules.end_key(held.origin)).exists():
        raise HoldEnded(how=_said(HoldEnd.EXPIRED))
    return _end(held.origin, ends, at=at)


@transaction.atomic
def release(*, origin: str, at: dt.datetime) -> Hold:
    """End a hold by giving all of it back. Twice is once.

    Raises HoldEnded when it ended otherwise, NoSuchHold, AccountClosed.
    """
    held = demand(origin=origin)
    return _end(origin, [_back(held, TransferKind.RELEASE)], at=at)


@transaction.atomic
def expire_holds(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """End up to `limit` of the holds whose time is over, giving all of each back; returns how many.

    Nothing is locked ahead of the accounts, which `post` locks in order: who settles or sweeps at the same time can't
    stand in each other's way. Whatever somebody else has ended meanwhile is a conflict, and left alone.
    """
    due = OpenHold.objects.filter(expires_at__lte=at).order_by("expires_at", "transfer_id")
    ids = list(due.values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    holds = list(TransferRow.objects.filter(pk__in=ids))
    answers = post(transfers=[_back(held, TransferKind.LAPSE) for held in holds], at=at)
    for answer in answers:
        if answer.outcome == Outcome.REFUSED:
            logger.error("the end of a hold %s was refused: %s", answer.key, answer.reason)
    ended = [held.pk for held, answer in zip(holds, answers, strict=True) if answer.outcome == Outcome.POSTED]
    OpenHold.objects.filter(pk__in=ended).delete()
    return len(ended)


def _refuse_to_spend(person: Any, *, at: dt.datetime) -> int:
    """Too young, by the policies of the person's unit; else how far below zero they let this person go."""
    spending = terms_of.spending_of(person, at=at)
    if spending.may_only_donate:
        raise DonatesOnly
    if spending.is_too_young:
        raise MaySpendLater(age=spending.age_needed)
    return spending.overdraft_minutes


def demand(*, origin: str) -> TransferRow:
    """The transfer that set the minutes aside."""
    held = TransferRow.objects.filter(key=rules.hold_key(origin)).first()
    if held is None:
        raise NoSuchHold
    return held


def _is_the_same(stands: TransferRow, asked: Transfer) -> bool:
    facts = ("payer_id", "payee_id", "minutes", "kind", "origin", "reason")
    return all(getattr(stands, fact) == getattr(asked, fact) for fact in facts)


def _back(held: TransferRow, kind: TransferKind) -> Transfer:
    return _out_of(held, kind, rules.end_key(held.origin), held.payer_id, held.minutes)


def _out_of(held: TransferRow, kind: TransferKind, key: str, payee_id: int, minutes: int) -> Transfer:
    return Transfer(
        key=key,
        payer_id=held.payee_id,
        payee_id=payee_id,
        minutes=minutes,
        kind=kind,
        origin=held.origin,
        reason=held.reason,
    )


def _end(origin: str, ends: list[Transfer], *, at: dt.datetime) -> Hold:
    """Post what ends a hold; the first transfer bears the one key that can be had only once."""
    answers = post(transfers=ends, at=at)
    if Outcome.CONFLICT in (answer.outcome for answer in answers):
        raise HoldEnded(how=how_ended(origin=origin))  # and whatever the batch did is undone
    if Reason.CLOSED in (answer.reason for answer in answers):
        raise AccountClosed
    assert all(answer.stands for answer in answers), f"the end of a hold was answered {answers}"
    if answers[0].outcome == Outcome.POSTED:
        OpenHold.objects.filter(origin=origin).delete()
    return _standing(origin)


def _standing(origin: str) -> Hold:
    found = queries.hold_of(origin)
    assert found is not None, "a hold that was just read is gone"
    return found


def how_ended(*, origin: str) -> str:
    """How a hold ended, for a refusal."""
    return _said(_standing(origin).end)


def _said(end: HoldEnd | None) -> str:
    """How a hold ended, in the middle of a sentence."""
    if end == HoldEnd.SETTLED:
        return _("已经用掉了")
    return _("已经退回了") if end == HoldEnd.RELEASED else _("已经过期了")
