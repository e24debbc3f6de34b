"""Gifts of minutes: to relatives and friends whose relation is registered, and to a unit's pool."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.lib.web.words import in_china, minutes_said
from xinglin.notices import actions as notices
from xinglin.organisation import policies as policy_words
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.timebank import queries, reckoning, teams
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import accounts
from xinglin.timebank.actions.holds import hold, release, settle
from xinglin.timebank.actions.posting import post
from xinglin.timebank.errors import (
    AccountClosed,
    DonatesOnly,
    GiftEnded,
    GiftNotPermitted,
    NotEnoughMinutes,
    NotMinutes,
    NotOfTheTeam,
    NotRelated,
    ReceiverIsFull,
)
from xinglin.timebank.models import Gift
from xinglin.timebank.rules import LARGEST_TRANSFER_MINUTES, AccountKind, Reason, Transfer, TransferKind

# As they stand in the ledger, where nothing personal may stand.
TO_PERSON = "赠予亲友"
TO_POOL = "捐给公益池"
TO_TEAM = "捐给志愿服务队"


@transaction.atomic
def give(
    *, giver: Person, receiver: Person | None, minutes: int, words: str, at: dt.datetime, team: Unit | None = None
) -> Gift:
    """Give minutes to a relative or friend, to a team of one's own, or with neither to the pool of one's own house.

    Where the policy asks the receiver to nod, they are held until then, and go back when the time is over.
    """
    refuse_to_give(giver=giver, receiver=receiver, team=team, minutes=minutes, at=at)
    gift = Gift(giver=giver, receiver=receiver, team=team, minutes=minutes, words=words.strip()[:60], given_at=at)
    terms = terms_of.gift_terms(giver, at=at)
    if receiver is not None and terms.needs_confirmation:
        gift.state, gift.expires_at = Gift.State.WAITING, at + dt.timedelta(days=terms.wait_days)
        hold(
            person=giver,
            minutes=minutes,
            origin=gift.origin,
            reason=TO_PERSON,
            expires_at=gift.expires_at,
            at=at,
            is_gift=True,
        )
    else:
        gift.state, gift.ended_at = Gift.State.ARRIVED, at
        if receiver is None and team is None:
            gift.pool_unit = terms.pool_unit
            assert gift.pool_unit is not None, "a city without units has no pools"
        _hand_over(gift, at=at)
    gift.save(force_insert=True)
    _record("gave_minutes", gift, by=giver.user, at=at)
    if receiver is not None:
        _tell(receiver, "gift_waiting" if gift.expires_at else "gift_arrived", gift, at=at)
    return gift


@transaction.atomic
def accept(*, gift: Gift, by: Any, at: dt.datetime) -> Gift:
    """The receiver nods: what was held arrives. Twice is once."""
    gift = _locked(gift)
    assert gift.receiver is not None, "a pool nods to nothing"
    if gift.state == Gift.State.ARRIVED:
        return gift
    _refuse_unless_waiting(gift, at=at)
    _refuse_what_does_not_fit(gift.receiver, gift.minutes, at=at)
    payee = accounts.of_people(person_ids=[gift.receiver.pk], kind=AccountKind.MEMBER, at=at)[gift.receiver.pk]
    settle(origin=gift.origin, payee_id=payee, at=at)
    _tell(gift.giver, "gift_accepted", gift, at=at)
    return _ended(gift, Gift.State.ARRIVED, "accepted_minutes", by=by, at=at)


@transaction.atomic
def decline(*, gift: Gift, by: Any, at: dt.datetime) -> Gift:
    """The receiver would rather not: all goes back to the giver."""
    _tell(gift.giver, "gift_declined", gift, at=at)
    return _sent_back(gift, Gift.State.DECLINED, "declined_minutes", by=by, at=at)


@transaction.atomic
def withdraw(*, gift: Gift, by: Any, at: dt.datetime) -> Gift:
    """The giver takes it back while nobody has nodded."""
    return _sent_back(gift, Gift.State.WITHDRAWN, "withdrew_minutes", by=by, at=at)


def mark_lapsed(*, at: dt.datetime) -> int:
    """Say of gifts whose time is over that they went back; the minutes themselves went with their hold."""
    due = Gift.objects.filter(state=Gift.State.WAITING, expires_at__lte=at)
    return due.update(state=Gift.State.LAPSED, ended_at=at)


def refuse_to_give(
    *, giver: Person, receiver: Person | None, minutes: int, at: dt.datetime, team: Unit | None = None
) -> None:
    """Whatever stands against this gift, said to the giver before anything moves."""
    if not 0 < minutes <= LARGEST_TRANSFER_MINUTES:
        raise NotMinutes
    terms = terms_of.gift_terms(giver, at=at)
    if receiver is not None and terms.spending.may_only_donate:
        raise DonatesOnly
    if team is not None and team not in teams.teams_of(giver):
        raise NotOfTheTeam
    to_unit = reckoning.POOL if team is None else reckoning.TEAM
    word = to_unit if receiver is None else terms_of.word_of_relation(giver, receiver)
    if word is None:
        raise NotRelated
    if word not in terms.permitted:
        raise GiftNotPermitted(whom=policy_words.GIFTS[word])
    free = max(0, queries.balance_of(giver).free_minutes)
    if minutes > free:
        raise NotEnoughMinutes(free=minutes_said(free), needed=minutes_said(minutes))
    if receiver is not None:
        _refuse_what_does_not_fit(receiver, minutes, at=at)


def _refuse_what_does_not_fit(receiver: Person, minutes: int, *, at: dt.datetime) -> None:
    room = terms_of.room_of(receiver, at=at)
    if room is not None and minutes > room:
        raise ReceiverIsFull(room=minutes_said(room))


def _hand_over(gift: Gift, *, at: dt.datetime) -> None:
    """From account to account, at once."""
    people = [pk for pk in (gift.giver_id, gift.receiver_id) if pk is not None]
    members = accounts.of_people(person_ids=people, kind=AccountKind.MEMBER, at=at)
    held = accounts.of_people(person_ids=[gift.giver_id], kind=AccountKind.MEMBER_HELD, at=at)[gift.giver_id]
    if gift.pool_unit_id is not None:
        payee, reason = accounts.of_unit(unit_id=gift.pool_unit_id, kind=AccountKind.POOL, at=at), TO_POOL
    elif gift.team_id is not None:
        payee, reason = accounts.of_unit(unit_id=gift.team_id, kind=AccountKind.TEAM, at=at), TO_TEAM
    else:
        assert gift.receiver_id is not None, "a gift goes somewhere"
        payee, reason = members[gift.receiver_id], TO_PERSON
    free = members[gift.giver_id]
    accounts.follow_overdraft(free=free, held=held, minutes=0, at=at, payees=[payee])  # no gift out of an advance
    transfer = Transfer(
        key=gift.origin,
        payer_id=free,
        payee_id=payee,
        minutes=gift.minutes,
        kind=TransferKind.GIFT,
        origin=gift.origin,
        reason=reason,
    )
    [answer] = post(transfers=[transfer], at=at)
    if answer.reason == Reason.FLOOR:
        left = max(0, queries.balance_of(gift.giver).free_minutes)
        raise NotEnoughMinutes(free=minutes_said(left), needed=minutes_said(gift.minutes))
    if answer.reason == Reason.CLOSED:
        raise AccountClosed
    assert answer.stands, f"a gift was answered {answer.outcome} {answer.reason or ''}"


def _sent_back(gift: Gift, state: str, verb: str, *, by: Any, at: dt.datetime) -> Gift:
    gift = _locked(gift)
    if gift.state == state:
        return gift
    _refuse_unless_waiting(gift, at=at)
    release(origin=gift.origin, at=at)
    return _ended(gift, state, verb, by=by, at=at)


def _locked(gift: Gift) -> Gift:
    return Gift.objects.select_for_update(of=("self",)).select_related("giver", "receiver").get(pk=gift.pk)


def _refuse_unless_waiting(gift: Gift, *, at: dt.datetime) -> None:
    if gift.state != Gift.State.WAITING:
        raise GiftEnded(state=gift.get_state_display())
    if gift.expires_at is not None and gift.expires_at <= at:
        raise GiftEnded(state=Gift.State.LAPSED.label)


def _ended(gift: Gift, state: str, verb: str, *, by: Any, at: dt.datetime) -> Gift:
    gift.state, gift.ended_at = state, at
    gift.save(update_fields=["state", "ended_at"])
    _record(verb, gift, by=by, at=at)
    return gift


def _tell(person: Person, kind: str, gift: Gift, *, at: dt.datetime) -> None:
    """Nobody is named: who gives and who takes stands on the page alone."""
    facts: dict[str, Any] = {"minutes": gift.minutes}
    if gift.expires_at is not None:
        facts["day"] = in_china(gift.expires_at).date().isoformat()
    news = notices.News(user_id=person.user_id, kind=kind, source=f"{gift.origin}:{kind}", values=facts)
    notices.tell_many(news=[news], at=at)


def _record(verb: str, gift: Gift, *, by: Any, at: dt.datetime) -> None:
    to = "pool" if gift.pool_unit_id is not None else "team" if gift.team_id is not None else "person"
    facts = {"minutes": gift.minutes, "to": to}
    audit.record(actor=by, verb=verb, thing=gift.origin, facts=facts, at=at)
