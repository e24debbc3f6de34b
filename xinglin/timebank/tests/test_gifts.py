"""Gifts: to whom the policy lets minutes go, held until the receiver nods, each ended once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from conftest import at, member
from xinglin.organisation.models import Policy
from xinglin.people import relations
from xinglin.timebank import actions, jobs, queries
from xinglin.timebank import terms as terms_of
from xinglin.timebank.actions import gifts
from xinglin.timebank.errors import (
    DonatesOnly,
    GiftEnded,
    GiftNotPermitted,
    MaySpendLater,
    NotEnoughMinutes,
    NotMinutes,
    NotRelated,
    ReceiverIsFull,
)
from xinglin.timebank.models import Account, Gift
from xinglin.timebank.rules import AccountKind, Balance
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
NOW = at("12:00")


@pytest.fixture
def mother(blue, lin, wang) -> Any:
    """Lin's mother, registered as such; Lin has two hours."""
    mother = member(name="林母", number="V000009", phone="13800000009", unit=blue)
    relations.register(
        person=lin.person, relative=mother.person, kind="parent", paper="户口簿", by=wang, at=at("08:00")
    )
    credit(lin.person, 120)
    return mother


def set_policy(unit: Any, name: str, value: Any) -> None:
    Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=-10))


def give(giver: Any, receiver: Any, minutes: int = 60) -> Gift:
    person = receiver.person if receiver is not None else None
    return gifts.give(giver=giver.person, receiver=person, minutes=minutes, words="给妈妈", at=NOW)


def balance(volunteer: Any) -> Balance:
    return queries.balance_of(volunteer.person)


def test_a_gift_waits_for_the_nod_and_then_arrives_once(lin, mother):
    gift = give(lin, mother)
    waiting = balance(lin)

    for _ in range(2):
        gifts.accept(gift=gift, by=mother.person.user, at=NOW)

    assert waiting == Balance(60, 60)
    assert (balance(lin), balance(mother)) == (Balance(60, 0), Balance(60, 0))


def test_without_confirmation_it_arrives_at_once(lin, mother, hospital):
    set_policy(hospital, "gift_confirmation", "no")

    gift = give(lin, mother)

    assert gift.state == Gift.State.ARRIVED
    assert balance(mother) == Balance(60, 0)


@pytest.mark.parametrize("send_back", [gifts.decline, gifts.withdraw])
def test_declined_or_withdrawn_all_goes_back_and_it_is_over(lin, mother, send_back):
    gift = give(lin, mother)

    send_back(gift=gift, by=lin.person.user, at=NOW)
    send_back(gift=gift, by=lin.person.user, at=NOW)

    assert balance(lin) == Balance(120, 0)
    with pytest.raises(GiftEnded):
        gifts.accept(gift=gift, by=mother.person.user, at=NOW)


def test_what_nobody_nods_to_goes_back(lin, mother, now_is):
    gift = give(lin, mother)
    late = NOW + dt.timedelta(days=7)
    with pytest.raises(GiftEnded):
        gifts.accept(gift=gift, by=mother.person.user, at=late)

    now_is(late)
    jobs.expire_holds(0)

    gift.refresh_from_db()
    assert gift.state == Gift.State.LAPSED
    assert balance(lin) == Balance(120, 0)


def test_a_donation_lands_in_the_pool_of_the_house(lin, mother, hospital):
    gift = give(lin, None, 20)

    pool = Account.objects.get(kind=AccountKind.POOL, unit=hospital)
    assert (gift.pool_unit, pool.balance_minutes) == (hospital, 20)


def test_strangers_and_whom_the_policy_leaves_out_get_nothing(lin, mother, zhao, hospital, blue):
    stranger = member(name="何苗", number="V000010", phone="13800000010", unit=blue)
    with pytest.raises(NotRelated):
        give(lin, stranger)

    set_policy(hospital, "permitted_gifts", ["friend"])

    with pytest.raises(GiftNotPermitted):
        give(lin, mother)
    with pytest.raises(GiftNotPermitted):
        give(lin, None)


def test_a_relation_that_ended_leads_nowhere(lin, mother, wang):
    [relation] = lin.person.relations.all()
    relations.end(relation=relation, by=wang, at=NOW)

    with pytest.raises(NotRelated):
        give(lin, mother)


def test_no_more_than_there_is_and_no_less_than_a_minute(lin, mother):
    with pytest.raises(NotEnoughMinutes):
        give(lin, mother, 121)
    with pytest.raises(NotMinutes):
        give(lin, mother, 0)


def test_the_receiver_s_cap_holds_when_giving_and_when_nodding(lin, mother, hospital):
    set_policy(hospital, "holding_cap_hours", 1)
    gift = give(lin, mother, 60)
    credit(mother.person, 10)

    with pytest.raises(ReceiverIsFull):
        give(lin, mother, 51)
    with pytest.raises(ReceiverIsFull):
        gifts.accept(gift=gift, by=mother.person.user, at=NOW)


def test_a_minor_donates_and_neither_gives_nor_uses(lin, mother):
    lin.person.born_on = dt.date(2009, 11, 25)
    lin.person.save()

    with pytest.raises(DonatesOnly):
        give(lin, mother)
    with pytest.raises(DonatesOnly):
        actions.hold(person=lin.person, minutes=5, origin="order:A", reason="", expires_at=at("13:00"), at=NOW)
    assert give(lin, None).state == Gift.State.ARRIVED


def test_an_age_to_use_time_is_lowered_by_hardship_and_does_not_hold_for_gifts(lin, mother, hospital, wang):
    set_policy(hospital, "spending_age", 65)
    set_policy(hospital, "hardship_age", 30)
    until = at("13:00")
    asked = {"person": lin.person, "minutes": 5, "origin": "order:A", "reason": "", "expires_at": until}
    with pytest.raises(MaySpendLater):
        actions.hold(**asked, at=NOW)
    give(lin, mother, 5)

    relations.decide_hardship(person=lin.person, paper="低保证", until=dt.date(2026, 12, 31), by=wang, at=at("09:00"))

    assert actions.hold(**asked, at=NOW).minutes == 5


def test_what_gifts_set_aside_agrees_with_the_ledger(lin, mother):
    give(lin, mother)

    assert list(terms_of.gift_holds()) == list(queries.open_holds())


# Pages ------------------------------------------------------------------------------------------------------------


def test_look_give_and_the_mother_nods(client, sign_in, lin, mother, now_is):
    now_is(NOW)
    sign_in(client, lin.person.user, second_factor=False)
    said = {"to": mother.person.code, "minutes": "45", "words": "辛苦了"}

    shown = client.post(reverse("timebank:give"), said)
    nothing_yet = Gift.objects.count()
    client.post(reverse("timebank:give"), said | {"sure": "1"})
    sign_in(client, mother.person.user, second_factor=False)
    waiting = client.get(reverse("timebank:gifts")).text
    client.post(reverse("timebank:accept_gift", args=[Gift.objects.get().code]))

    assert shown.context["shown"]["left"] == 75
    assert 'value="75"' in shown.text
    assert nothing_yet == 0
    assert "林晓送给您" in waiting
    assert "辛苦了" in waiting
    assert balance(mother) == Balance(45, 0)
    assert "赠予" in client.get(reverse("timebank:statement")).text


def test_a_refusal_stands_beside_the_field_and_nothing_typed_is_lost(client, sign_in, lin, mother, now_is):
    now_is(NOW)
    sign_in(client, lin.person.user, second_factor=False)

    page = client.post(reverse("timebank:give"), {"to": mother.person.code, "minutes": "500", "words": "辛苦了"})

    assert page.status_code == 422
    assert "可用的时间不够" in page.text
    assert "辛苦了" in page.text


def test_only_the_receiver_nods_and_only_the_giver_takes_back(client, sign_in, lin, mother, now_is):
    now_is(NOW)
    gift = give(lin, mother)

    sign_in(client, lin.person.user, second_factor=False)
    assert client.post(reverse("timebank:accept_gift", args=[gift.code])).status_code == 404
    sign_in(client, mother.person.user, second_factor=False)
    assert client.post(reverse("timebank:withdraw_gift", args=[gift.code])).status_code == 404


def test_who_has_nobody_is_told_where_to_go(client, sign_in, lin, hospital, now_is):
    now_is(NOW)
    set_policy(hospital, "permitted_gifts", ["family"])
    sign_in(client, lin.person.user, second_factor=False)

    assert "现在还没有可以送的人" in client.get(reverse("timebank:give")).text
