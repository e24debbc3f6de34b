"""What would change for whom: the same reckoning as for real, and nothing is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from conftest import at, member, staff
from xinglin.hours.tests.factories import make_record
from xinglin.organisation import policies, previews
from xinglin.organisation.models import Policy
from xinglin.organisation.previews import Change, Question
from xinglin.people import relations
from xinglin.timebank import actions
from xinglin.timebank.actions import gifts
from xinglin.timebank.reckoning import Terms
from xinglin.timebank.rules import OrderPayment, Service
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def he(blue) -> Any:
    return member(name="何苗", number="V000002", phone="13800000002", unit=blue)


def look(unit: Any, name: str, value: Any) -> previews.Preview:
    found = previews.of(Question(name, unit, value, at("12:00")))
    assert found is not None
    return found


def test_a_rate_is_worked_out_for_the_last_records(hospital, blue, lin, he):
    make_record(person=lin.person, unit=blue, minutes=45, category="0018", starts_at=at("09:00", days=-1))
    make_record(person=lin.person, unit=blue, minutes=45, category="0018", starts_at=at("09:00", days=-2))
    make_record(person=he.person, unit=blue, minutes=60, category="0004", starts_at=at("09:00", days=-1))
    make_record(person=he.person, unit=blue, minutes=60, category="0018", starts_at=at("09:00", days=-40))

    found = look(hospital, "credit_rates", {"0018": 50})

    assert found.looked_at == 2
    assert found.changes == [Change("V000001", 90, 45)]


def test_provenance_and_daily_limit_too(hospital, blue, lin):
    make_record(person=lin.person, unit=blue, minutes=90, provenance="leader", starts_at=at("09:00", days=-1))

    assert look(hospital, "credited_provenance", ["code"]).changes == [Change("V000001", 90, 0)]
    assert look(hospital, "daily_credit_minutes", 60).changes == [Change("V000001", 90, 60)]
    assert look(hospital, "daily_credit_minutes", 90).changes == []


def test_branches_with_a_version_of_their_own_are_left_out(hospital, blue, lin):
    make_record(person=lin.person, unit=blue, minutes=90, starts_at=at("09:00", days=-1))
    Policy.objects.create(unit=blue, name="daily_credit_minutes", value=0, starts_at=at("00:00", days=-2))

    assert look(hospital, "daily_credit_minutes", 60).looked_at == 0


def test_a_cap_names_those_above_it(hospital, lin, he):
    credit(lin.person, 130)
    credit(he.person, 50)

    assert look(hospital, "holding_cap_hours", 1).changes == [Change("V000001", 130, 60)]
    assert look(hospital, "holding_cap_hours", 0).changes == []


def test_an_age_names_those_who_could_no_longer_use_their_minutes(hospital, lin, he, wang):
    for one in (lin, he):
        credit(one.person, 60)
    he.person.born_on = dt.date(1950, 1, 1)
    he.person.save()

    assert look(hospital, "spending_age", 65).changes == [Change("V000001", 60, 0)]
    relations.decide_hardship(person=lin.person, paper="低保证", until=dt.date(2027, 1, 1), by=wang, at=at("09:00"))
    assert look(hospital, "spending_age", 65).changes == []


def test_every_policy_of_the_time_bank_has_one(hospital, lin):
    of_bank = [name for name, default in policies.DEFAULTS.items() if default.of_timebank]

    assert [name for name in of_bank if not look(hospital, name, policies.DEFAULTS[name].value).counted] == []


def test_a_warning_names_who_has_less(hospital, lin, he):
    credit(lin.person, 20)
    credit(he.person, 90)

    found = look(hospital, "low_balance_minutes", 60)

    assert (found.looked_at, found.changes) == (2, [Change("V000001", 0, 40)])


def test_an_overdraft_adds_to_what_each_could_use_but_not_for_those_who_may_only_donate(hospital, lin, he):
    credit(lin.person, 20)
    he.person.born_on = dt.date(2012, 1, 1)
    he.person.save()

    assert look(hospital, "overdraft_minutes", 30).changes == [Change("V000001", 20, 50)]


def test_starting_minutes_are_shown_for_who_joined_lately(hospital, lin, he):
    type(lin).objects.filter(pk=lin.pk).update(joined_on=dt.date(2026, 11, 10))
    type(he).objects.filter(pk=he.pk).update(joined_on=dt.date(2026, 1, 1))

    assert look(hospital, "starting_minutes", 60).changes == [Change("V000001", 0, 60)]


def test_a_lifetime_names_what_would_be_too_old_and_the_warning_what_soon_will_be(hospital, lin, he):
    [old, young] = [at("12:00", days=-200), at("12:00", days=-80)]
    for number, (person, when) in enumerate([(lin.person, old), (lin.person, young), (he.person, young)]):
        service = Service(
            person_id=person.pk, key=f"record:{number}", minutes=30, reason="", origin=f"record:{number}", at=when
        )
        actions.credit_service(services=[service], at=when)

    assert look(hospital, "expiry_months", 6).changes == [Change("V000001", 0, 30)]
    Policy.objects.create(unit=hospital, name="expiry_months", value=3, starts_at=at("00:00", days=-1))
    assert look(hospital, "expiry_warning_days", 7).changes == [
        Change("V000001", 60, 30),
        Change("V000002", 30, 0),
    ]


def test_what_exceeds_a_cap_is_shown_by_where_it_goes(hospital, lin):
    terms = Terms(cap_minutes=60)
    service = Service(
        person_id=lin.person.pk, key="record:A", minutes=90, reason="", origin="", day=at("12:00").date(), terms=terms
    )
    actions.credit_service(services=[service], at=at("09:00"))

    assert look(hospital, "overflow_to", "unit").changes == [Change("V000001", 30, 0)]


def test_permitted_gifts_count_only_the_receivers_that_differ(hospital, lin, he, wang):
    credit(lin.person, 60)
    credit(he.person, 50)
    relations.register(person=lin.person, relative=he.person, kind="friend", paper="本人到场", by=wang, at=at("08:00"))
    stranger = member(name="周到", number="V000003", phone="13800000003", unit=hospital)
    credit(stranger.person, 40)
    now = policies.DEFAULTS["permitted_gifts"].value

    with_friends = look(hospital, "permitted_gifts", [*now, "friend"])
    without_pool = look(hospital, "permitted_gifts", [word for word in now if word != "pool"])

    assert with_friends.changes == [Change("V000001", 0, 60), Change("V000002", 0, 50)]
    assert "朋友" in str(with_friends.counted)
    assert without_pool.persons == 3


def test_gifts_of_the_last_weeks_show_what_confirming_and_waiting_would_have_meant(hospital, lin, he, wang):
    credit(lin.person, 60)
    relations.register(
        person=lin.person, relative=he.person, kind="child", paper="户口簿", by=wang, at=at("08:00", days=-9)
    )
    gift = gifts.give(giver=lin.person, receiver=he.person, minutes=25, words="", at=at("08:00", days=-6))
    gifts.accept(gift=gift, by=he.person.user, at=at("09:00", days=-2))

    assert look(hospital, "gift_confirmation", "no").changes == [Change("V000001", 25, 0)]
    assert look(hospital, "gift_hold_days", 3).changes == [Change("V000001", 0, 25)]
    assert look(hospital, "gift_hold_days", 5).changes == []


def test_orders_show_who_paid_and_what_would_have_come_too_late(hospital, lin, he):
    Policy.objects.create(unit=hospital, name="order_payment", value="volunteer", starts_at=at("00:00", days=-20))
    credit(lin.person, 60)
    actions.hold_for_order(requester=lin.person, minutes=45, origin="order:A", reason="", at=at("08:00", days=-6))
    service = Service(person_id=he.person.pk, key="record:S", minutes=40, reason="", origin="record:S")
    actions.settle_order(origin="order:A", service=service, payment=OrderPayment.VOLUNTEER, at=at("08:00", days=-2))

    assert look(hospital, "order_payment", "nobody").changes == [Change("V000001", 40, 0)]
    assert look(hospital, "order_payment", "bank").changes == []
    assert look(hospital, "order_hold_days", 3).changes == [Change("V000001", 0, 40)]


def test_the_examples_are_the_ten_for_whom_it_changes_most():
    before = {f"V{number:02d}": 100 for number in range(12)}
    after = {f"V{number:02d}": 100 - number for number in range(12)}

    found = previews.preview_of(before, after, counted="")

    assert (found.persons, found.before_minutes - found.after_minutes) == (11, 66)
    assert [one.number for one in found.examples] == [f"V{number:02d}" for number in range(11, 1, -1)]


def test_the_page_shows_it_before_anything_is_set(client, sign_in, bureau, hospital, blue, lin, now_is):
    now_is(at("12:00"))
    make_record(person=lin.person, unit=blue, minutes=90, starts_at=at("09:00", days=-1))
    sign_in(client, staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau))

    page = client.post(reverse("organisation:policy", args=[hospital.code, "daily_credit_minutes"]), {"value": "60"})

    assert "看了 1 人，其中 1 人会不一样" in page.text
    assert "V000001" in page.text
    assert "林晓" not in page.text
    assert not Policy.objects.exists()
