"""The delivery log: scoped, masked, without a word of what was said; a failed one is sent again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conftest import at, member, staff
from xinglin.notices.models import Delivery
from xinglin.notices.rules import State
from xinglin.notices.tests.factories import NOON, delivery_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_wang(client, sign_in, wang, now_is) -> Any:
    now_is(NOON)
    return sign_in(client, wang)


def log(client: Any, **asked: str) -> str:
    return client.get(reverse("home:deliveries"), asked).content.decode()


def failed(user: Any) -> Delivery:
    delivery = delivery_of(told(user))
    delivery.state, delivery.next_try_at, delivery.trouble, delivery.tries = State.FAILED, None, "HTTP 400", 6
    delivery.save()
    return delivery


def test_a_day_is_counted_by_channel_and_each_delivery_says_why(as_wang, lin):
    failed(lin.person.user)

    text = log(as_wang)

    assert "138****0001" in text
    assert "林＊" in text
    assert "HTTP 400" in text


def test_neither_name_nor_words_nor_number_stand_there(as_wang, lin):
    failed(lin.person.user)

    text = log(as_wang)

    assert "林晓" not in text
    assert "门诊导诊" not in text
    assert "13800000001" not in text


def test_another_day_and_another_channel_are_empty(as_wang, lin):
    failed(lin.person.user)

    assert "这一天没有送出过通知" in log(as_wang, day="2026-11-20")
    assert "这一天没有送出过通知" in log(as_wang, channel="mail")
    assert "HTTP 400" in log(as_wang, day="no day", state="failed")


def test_people_of_other_units_are_not_seen_and_not_sent_to(as_wang, bureau):
    from conftest import _below, _unit

    elsewhere = _below(bureau, _unit("瑞安市中医院", "hospital"))
    stranger = member(name="何苗", number="V000777", phone="13800000777", unit=elsewhere)
    delivery = failed(stranger.person.user)

    assert "138****0777" not in log(as_wang)
    assert as_wang.post(reverse("home:resend", args=[delivery.code])).status_code == 404


def test_a_failed_one_is_put_on_its_way_again(as_wang, lin):
    delivery = failed(lin.person.user)

    as_wang.post(reverse("home:resend", args=[delivery.code]))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.next_try_at) == (State.WAITING, 0, NOON)


def test_who_only_sees_people_has_no_button(client, sign_in, hospital, lin, now_is):
    now_is(NOON)
    auditor = staff(name="郑审", login_name="zheng", role="auditor", unit=hospital)
    delivery = failed(lin.person.user)
    sign_in(client, auditor)

    assert "重发" not in log(client)
    assert client.post(reverse("home:resend", args=[delivery.code])).status_code == 403


def test_the_log_costs_the_same_for_many(as_wang, blue, lin, django_assert_max_num_queries):
    for number in range(30):
        told(lin.person.user, at=at("09:00"), number=number)

    with django_assert_max_num_queries(26):
        log(as_wang)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-30", "yesterday"])
def test_a_day_at_the_end_of_the_calendar_is_today(as_wang, lin, day):
    failed(lin.person.user)

    assert "HTTP 400" in log(as_wang, day=day)
