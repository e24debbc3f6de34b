"""Whole persons: a guardian decides for her child, two of the staff make one account of two, somebody is forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at, staff
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.hours import queries as hours
from xinglin.office import copies
from xinglin.office.tests.life import NAME, live
from xinglin.people.models import DataCopy, Person
from xinglin.people.tests.factories import make_texts, make_volunteer

from .conftest import DESK
from .test_minutes_move import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_guardian_says_yes_and_nods_to_what_her_child_would_like(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
    lin: Any,
    wang: Any,
) -> None:
    make_texts()
    girl = make_volunteer(unit=blue, name="林小雨", number="V000780", born_on=dt.date(2012, 3, 1), agreement=False)
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00", days=3), name="图书整理")
    now_is(at("12:30"))
    desk, mother, child = window(DESK), window(), window()
    signed_in(desk, wang, second_factor=True)
    signed_in(mother, lin.person.user, second_factor=False)
    signed_in(child, girl.person.user, second_factor=False)

    desk.goto(f"/desk/people/{girl.number}/")
    looks_right(desk)
    desk.get_by_role("link", name="监护与代办").click()
    looks_right(desk)
    desk.get_by_label("监护人的志愿者编号").fill(lin.number)
    desk.get_by_label("父母", exact=True).check()
    desk.locator("form", has=desk.get_by_role("button", name="登记监护人")).get_by_label("看过什么材料").fill("户口簿")
    desk.get_by_role("button", name="登记监护人").click()
    expect(desk.get_by_text("等家长同意")).to_be_visible()
    looks_right(desk)

    mother.goto("/me/")
    mother.get_by_role("link", name="我的孩子").click()
    expect(mother.get_by_text("等您同意")).to_be_visible()
    looks_right(mother)
    mother.get_by_role("button", name="我同意").click()
    expect(mother.get_by_text("已同意").first).to_be_visible()
    looks_right(mother)

    child.goto(f"/shifts/{shift.code}/wish/")  # where the refusal of 报名 leads
    looks_right(child)
    child.get_by_role("button", name="告诉家长我想去").click()
    expect(child.get_by_text("告诉家长了，家长点头就报上")).to_be_visible()
    assert not Signup.objects.exists()

    mother.goto("/me/children/")
    expect(mother.get_by_text("想去：图书整理")).to_be_visible()
    looks_right(mother)
    mother.get_by_role("button", name="同意，报上").click()
    expect(mother.get_by_text("同意了，替孩子报上了")).to_be_visible()
    looks_right(mother)
    mother.get_by_role("link", name="替孩子报名").click()
    looks_right(mother)

    assert Signup.objects.get(volunteer=girl).taken_by == lin.person.user


def test_two_of_the_staff_make_one_account_of_two(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
    hospital: Any,
    wang: Any,
) -> None:
    twice = live(unit=blue, by=wang)
    kept = make_volunteer(unit=blue, name=NAME, number="V0000123")
    second = staff(name="李协", login_name="lixie", role="coordinator", unit=hospital)
    now_is(at("12:30"))
    asks, decides = window(DESK), window(DESK)
    signed_in(asks, wang, second_factor=True)
    signed_in(decides, second, second_factor=True)

    asks.goto("/desk/mergings/")
    looks_right(asks)
    asks.get_by_role("link", name="提出一份合并").click()
    asks.get_by_label("保留哪个编号").fill("V0000123")
    asks.get_by_label("把哪个编号并进来").fill("V0000777")
    asks.get_by_label("看过什么材料").fill("两张卡和身份证")
    asks.get_by_role("button", name="看看会移什么").click()
    expect(asks.get_by_role("rowheader", name="服务记录")).to_be_visible()
    looks_right(asks)
    asks.get_by_role("button", name="提出，等另一人决定").click()
    expect(asks.get_by_text("是您提出的，要另一位同事来决定。")).to_be_visible()
    looks_right(asks)

    decides.goto("/desk/mergings/")
    decides.get_by_role("link", name="V0000123").click()
    looks_right(decides)
    decides.get_by_role("button", name="是同一个人，合并").click()
    expect(decides.get_by_text("已经合并，不能撤销")).to_be_visible()
    looks_right(decides)

    assert hours.honour_minutes(kept.person) == 240
    assert Person.objects.get(pk=twice.person.pk).merged_into == kept.person


def test_somebody_takes_a_copy_asks_to_be_forgotten_and_is(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
    wang: Any,
) -> None:
    life = live(unit=blue, by=wang)
    now_is(at("12:30"))
    phone, desk = window(), window(DESK)
    signed_in(phone, life.person.user, second_factor=False)
    signed_in(desk, wang, second_factor=True)

    phone.goto("/me/")
    phone.get_by_role("link", name="要一份、看谁看过").click()
    looks_right(phone)
    phone.get_by_role("button", name="要一份我的资料").click()
    expect(phone.get_by_text("正在准备，一会儿就好。")).to_be_visible()
    copies.make(code=DataCopy.objects.get().code, at=at("12:31"))
    phone.get_by_role("link", name="看看好了没有").click()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载我的资料").click()
    assert download.value.suggested_filename.endswith(".zip")
    looks_right(phone)
    phone.goto("/me/practical/")
    looks_right(phone)

    phone.goto("/me/erase/")
    expect(phone.get_by_text("会留下", exact=True)).to_be_visible()
    looks_right(phone)
    phone.get_by_role("button", name="要求注销").click()
    expect(phone.get_by_role("button", name="撤回，我要留下")).to_be_visible()
    looks_right(phone)

    desk.goto("/desk/erasures/")
    expect(desk.get_by_text("还在等待期")).to_be_visible()
    looks_right(desk)
    desk.goto(f"/desk/people/{life.volunteer.number}/look/")
    looks_right(desk)
    desk.goto("/desk/people/practical/")
    looks_right(desk)
    now_is(at("10:00", days=20))
    signed_in(desk, wang, second_factor=True)
    desk.goto("/desk/erasures/")
    desk.get_by_role("button", name="办理注销，不能恢复").click()
    expect(desk.get_by_text("已经注销，个人信息都清掉了")).to_be_visible()
    looks_right(desk)
    phone.goto("/me/data/")
    assert "/sign-in/" in phone.url

    assert Person.objects.get(pk=life.person.pk).erased_at is not None
