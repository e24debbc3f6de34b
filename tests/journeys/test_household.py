"""A daughter asks her mother into the household, and signs both of them up by one press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.people.tests.factories import make_texts, make_volunteer

from .conftest import DESK
from .test_minutes_move import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_family_becomes_one_household_and_signs_up_together(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
    lin: Any,
    wang: Any,
) -> None:
    make_texts()
    mother = make_volunteer(unit=blue, name="林母", number="V000778")
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00", days=3), name="图书整理")
    now_is(at("12:30"))
    daughter, other, desk = window(), window(), window(DESK)
    signed_in(daughter, lin.person.user, second_factor=False)
    signed_in(other, mother.person.user, second_factor=False)
    signed_in(desk, wang, second_factor=True)

    daughter.goto("/me/")
    daughter.get_by_role("link", name="家庭").click()
    looks_right(daughter)
    daughter.get_by_label("家里人的志愿者编号").fill("V000778")
    daughter.get_by_role("button", name="请他加入").click()
    expect(daughter.get_by_text("等对方答应")).to_be_visible()
    looks_right(daughter)

    other.goto("/")
    other.get_by_role("link", name="林晓请您加入一个家庭").click()
    looks_right(other)
    other.get_by_label("家里人可以替我报名").check()
    other.get_by_role("button", name="答应", exact=True).click()
    expect(other.get_by_text("现在是一家了")).to_be_visible()
    looks_right(other)

    daughter.goto(f"/shifts/{shift.code}/")
    looks_right(daughter)
    daughter.get_by_role("link", name="和家里人一起报名").click()
    looks_right(daughter)
    daughter.get_by_role("button", name="一起报名").click()
    expect(daughter.get_by_text("报上了：林晓、林母")).to_be_visible()
    assert Signup.objects.filter(shift=shift, state="taken").count() == 2

    desk.goto(f"/desk/people/{lin.number}/")
    desk.get_by_role("link", name="家庭").click()
    expect(desk.get_by_text("林母")).to_be_visible()
    looks_right(desk)

    other.goto("/me/household/")
    other.get_by_text("退出这个家庭").click()
    other.get_by_role("button", name="退出", exact=True).click()
    expect(other.get_by_text("已经退出，马上生效")).to_be_visible()
    daughter.goto(f"/shifts/{shift.code}/")
    expect(daughter.get_by_role("link", name="和家里人一起报名")).to_have_count(0)
