"""Carrying out what is due, one delivery at a time: claim it, send it without holding any lock, write down how it went.

A claim is a short transaction that moves the next try beyond the time that any try takes. So two workers never carry
the same delivery, no row is locked while another house's server thinks, and what a fallen worker left is tried again,
with the same key, by which the provider knows it for the same.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from xinglin.accounts import queries as accounts
from xinglin.audit import actions as audit
from xinglin.lib.channels.mail import Mail
from xinglin.lib.channels.sms import Message, NotSent
from xinglin.lib.channels.wechat import TemplateMessage
from xinglin.notices import kinds, queries, rules, sending
from xinglin.notices.errors import DeliveryNotFailed
from xinglin.notices.models import Delivery
from xinglin.notices.rules import Channel, State, Step

LONGEST_TROUBLE = 60
TAKEN_OVER = "taken_over"  # no state of a delivery: what became of a try whose delivery is not ours any more

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery. `is_broken`: the channel itself gave no good answer."""

    channel: str
    state: str
    trouble: str = ""
    is_broken: bool = False


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours for a while, and in which language it speaks."""

    delivery: Delivery
    language: str


def deliver_next(*, at: dt.datetime, without: Collection[str] = ()) -> Outcome | None:
    """Take the delivery that is due longest and carry it out; None: nothing is due."""
    claimed = _claim(at=at, without=without)
    if not isinstance(claimed, Claim):
        return claimed
    delivery = claimed.delivery
    try:
        state = _send(claimed)
    except NotSent as trouble:
        return _failed(delivery, trouble.reason, is_final=trouble.is_final, is_broken=not trouble.is_final, at=at)
    except Exception as mistake:
        way = "".join(traceback.format_tb(mistake.__traceback__))  # without its text, which may hold what was sent
        name = type(mistake).__name__
        logger.error("delivery %s by %s: %s\n%s", delivery.code, delivery.channel, name, way)
        return _failed(delivery, name, is_final=False, is_broken=False, at=at)
    return _settle(delivery, Step(state), at=at)


@transaction.atomic
def resend(*, delivery: Delivery, by: Any, at: dt.datetime) -> Delivery:
    """Put a failed delivery on its way once more, with all its tries."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != State.FAILED or delivery.trouble == rules.TAKEN_BACK:
        raise DeliveryNotFailed
    delivery.state, delivery.tries, delivery.trouble = State.WAITING, 0, ""
    delivery.made_at = delivery.next_try_at = at
    delivery.save(update_fields=["state", "tries", "trouble", "made_at", "next_try_at"])
    facts = {"channel": delivery.channel}
    audit.record(actor=by, verb="resent_notice", thing=f"delivery:{delivery.code}", facts=facts, at=at)
    return delivery


@transaction.atomic(durable=True)
def _claim(*, at: dt.datetime, without: Collection[str]) -> Claim | Outcome | None:
    """Hold one that is due for the time of a lease; or say at once why it does not go out now.

    Nothing is opened here that could be broken: the lease would be lost with it, and the row be the first for ever.
    """
    due = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("notice__user")
    due = due.filter(state=State.WAITING, next_try_at__lte=at)
    due = due.filter(channel__in=[channel for channel in Channel if channel not in without])
    delivery = due.order_by("next_try_at", "pk").first()
    if delivery is None:
        return None
    kind = kinds.KINDS.get(delivery.notice.kind)
    if kind is None:  # written by a release that this worker does not know yet
        return _settle(delivery, Step(State.WAITING, at + rules.WAITS[-1]), at=at)
    user = delivery.notice.user
    wishes = queries.wishes_of(user)
    outlook = rules.Outlook(
        made_at=delivery.made_at,
        tries=delivery.tries,
        is_urgent=kind.is_urgent,
        is_wanted=wishes.wants(kind.topic, delivery.channel),
        has_address=_has_address(user, delivery.channel),
        quiet=wishes.quiet,
    )
    step = rules.before_sending(outlook, at=at)
    if step is not None:
        return _settle(delivery, step, at=at)
    delivery.tries += 1
    delivery.next_try_at = at + rules.LEASE
    delivery.save(update_fields=["tries", "next_try_at"])
    return Claim(delivery, wishes.language)


def _failed(delivery: Delivery, reason: str, *, is_final: bool, is_broken: bool, at: dt.datetime) -> Outcome:
    trouble = reason[:LONGEST_TROUBLE]
    step = rules.after_failure(tries=delivery.tries, is_final=is_final, trouble=trouble, at=at)
    return _settle(delivery, step, is_broken=is_broken, at=at)


def _settle(delivery: Delivery, step: Step, *, at: dt.datetime, is_broken: bool = False) -> Outcome:
    """Write down how it went, unless somebody has taken it over meanwhile.

    What went out stands, also where it was taken back while it was on its way.
    """
    ours = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries)
    still = Q(state=State.WAITING) | Q(trouble=rules.TAKEN_BACK) if step.state == State.SENT else Q(state=State.WAITING)
    written = ours.filter(still).update(
        state=step.state,
        next_try_at=step.next_try_at,
        trouble=step.trouble,
        sent_at=at if step.state == State.SENT else None,
    )
    if not written:
        logger.warning("delivery %s by %s is not ours any more", delivery.code, delivery.channel)
        return Outcome(delivery.channel, TAKEN_OVER, step.trouble, is_broken)
    return Outcome(delivery.channel, step.state, step.trouble, is_broken)


def _has_address(user: Any, channel: str) -> bool:
    if not user.is_active:
        return False
    return accounts.has_phone(user) if channel == Channel.SMS else queries.has_address(user, channel)


def _address(user: Any, channel: str) -> str | None:
    return accounts.phone_of(user) if channel == Channel.SMS else queries.address_of(user, channel)


def _send(claim: Claim) -> State:
    """Hand it to the channel, under a key that stays the same however often it is tried."""
    delivery, notice = claim.delivery, claim.delivery.notice
    address = _address(notice.user, delivery.channel)
    if address is None:  # taken away since the claim
        return State.NO_ADDRESS
    key, language = f"notice-{delivery.code}", claim.language
    wording = kinds.worded_in(language, notice.kind, notice.values)
    page = sending.address_in_the_city(kinds.address_of(notice.kind, notice.values))
    match delivery.channel:
        case Channel.SMS:
            template, values = kinds.text_message(notice.kind, notice.values, language=language)
            sending.text_sender().send(Message(key=key, phone=address, template=template, values=values))
        case Channel.MAIL:
            sender = sending.mail_sender()
            if sender is None:
                raise NotSent("no mail server")
            text = kinds.letter(wording, page, language=language)
            sender.send(Mail(key=key, to=address, subject=wording.title, text=text))
        case Channel.WECHAT:
            account = sending.wechat()
            if account is None:
                raise NotSent("no official account")
            account.send(
                TemplateMessage(
                    key=key, openid=address, what=wording.title, at=notice.told_at, note=wording.text, url=page
                )
            )
    return State.SENT
