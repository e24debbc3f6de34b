"""What the clock does: starting minutes once per person, and the end of old ones, first in, first out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at, member
from xinglin.organisation.models import Policy
from xinglin.timebank import actions, queries, terms
from xinglin.timebank.actions import ageing
from xinglin.timebank.models import Account
from xinglin.timebank.rules import Service
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


def set_policy(unit: Any, name: str, value: Any, *, days: int = -300) -> None:
    Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=days))


def credit_on(person: Any, minutes: int, *, days: int) -> None:
    key = f"record:D{days}"
    service = Service(person_id=person.pk, key=key, minutes=minutes, reason="导医", origin=key)
    actions.credit_service(services=[service], at=at("12:00", days=days))


def free(volunteer: Any) -> int:
    return queries.balance_of(volunteer.person).free_minutes


def test_old_minutes_end_first_in_first_out_and_twice_is_once(lin, hospital):
    set_policy(hospital, "expiry_months", 12)
    credit_on(lin.person, 60, days=-400)
    credit_on(lin.person, 30, days=-10)
    until = at("12:00", days=9)
    actions.hold(person=lin.person, minutes=25, origin="order:A", reason="", expires_at=until, at=at("12:00"))

    counts = [ageing.expire(at=at("13:00")) for _ in range(2)]

    assert counts == [1, 0]
    assert free(lin) == 30
    assert queries.balance_of(lin.person).held_minutes == 25  # the oldest; once they come back, they are old


def test_the_last_day_of_the_lifetime_still_counts(lin, hospital):
    set_policy(hospital, "expiry_months", 12)
    credit_on(lin.person, 60, days=-364)

    assert ageing.expire(at=at("13:00")) == 0
    assert ageing.expire(at=at("13:00", days=1)) == 1


def test_nothing_ends_where_no_policy_says_so(lin, hospital):
    credit_on(lin.person, 60, days=-4000)

    assert ageing.expire(at=at("13:00")) == 0


def test_a_reversed_credit_keeps_nothing_old_alive(lin, hospital):
    set_policy(hospital, "expiry_months", 12)
    credit_on(lin.person, 60, days=-400)
    credit_on(lin.person, 30, days=-10)
    actions.reverse(key="record:D-10", reversal_key="void:D", reason="", origin="", at=at("12:00"))

    ageing.expire(at=at("13:00"))

    assert free(lin) == 0


def test_the_member_is_warned_before(client, sign_in, lin, hospital, now_is):
    now_is(at("12:00"))
    set_policy(hospital, "expiry_months", 12)
    set_policy(hospital, "low_balance_minutes", 120)
    credit_on(lin.person, 60, days=-340)

    notice = terms.notice_for(lin.person, at=at("12:00"))
    page = sign_in(client, lin.person.user, second_factor=False).get(reverse("timebank:statement")).text

    assert (notice.low_minutes, notice.expiring_minutes) == (60, 60)
    assert "会在 2027-01-23 前到期" in page
    assert "可用时间不多了" in page
    assert "到期" not in client.get(reverse("timebank:statement"), {"before": "1"}).text.split("<main")[1]


def test_starting_minutes_come_once_by_the_policy_of_the_day_of_joining(lin, hospital):
    set_policy(hospital, "starting_minutes", 30, days=-5)
    lin.joined_on = dt.date(2026, 11, 20)
    lin.save()

    counts = [ageing.welcome(at=at("12:00", days=days)) for days in (0, 1)]

    assert counts == [1, 0]
    assert free(lin) == 30


@pytest.mark.parametrize("joined_on", [dt.date(2026, 11, 18), dt.date(2020, 1, 1)])
def test_who_joined_before_the_policy_gets_none(lin, hospital, joined_on):
    set_policy(hospital, "starting_minutes", 30, days=-5)
    lin.joined_on = joined_on
    lin.save()

    assert ageing.welcome(at=at("12:00")) == 0
    assert not Account.objects.filter(person=lin.person).exists()


def test_many_take_no_more_queries_than_one(lin, hospital, blue):
    set_policy(hospital, "expiry_months", 12)
    credit(lin.person, 10)
    with CaptureQueriesContext(connection) as one:
        ageing.expire(at=at("13:00"))
    for number in range(4):
        credit(member(name="何苗", number=f"V00010{number}", phone=f"1380000010{number}", unit=blue).person, 10)

    with CaptureQueriesContext(connection) as many:
        ageing.expire(at=at("13:00"))

    assert len(many) == len(one)
