"""Time becomes thanks: somebody with minutes redeems a benefit, the desk hands it out; and two want the last one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from conftest import at, member, sign_in, staff
from xinglin.benefits.models import Voucher
from xinglin.benefits.tests.factories import make_benefit
from xinglin.recognition import actions as recognition
from xinglin.recognition.tests.factories import make_scheme, serve
from xinglin.timebank.tests.factories import credit

from .conftest import DESK

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _morning(now_is: Callable[[dt.datetime], None]) -> None:
    now_is(at("10:00"))


@pytest.fixture
def signed_in(window: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """A window of somebody who has signed in already: how is told by the first journey."""

    def open_window(user: Any, **options: Any) -> Page:
        page = window(**options)
        cookie = sign_in(Client(), user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_window


def test_minutes_become_a_voucher_and_the_desk_hands_it_out(
    signed_in: Callable[..., Page], looks_right: Callable[[Page], None], hospital: Any, blue: Any, lin: Any, wang: Any
) -> None:
    scheme = make_scheme(unit=hospital)
    recognition.add_privilege(unit=hospital, level=1, title="就诊绿色通道", note="导医台", by=None, at=at("08:00"))
    serve(lin.person, 25, unit=blue)
    recognition.grant_stars(scheme=scheme, at=at("09:00"))
    credit(lin.person, 300)
    make_benefit(unit=hospital, title="急救课一席", price_minutes=180, stock=6)
    make_benefit(unit=hospital, title="健康体检一次", price_minutes=6000, level=3)

    # 林晓 sees her star, what it opens, and what her minutes buy.
    phone = signed_in(lin.person.user)
    phone.goto("/me/stars/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("您是一星志愿者")
    looks_right(phone)
    phone.get_by_role("link", name="看权益").click()
    expect(phone.locator("main")).to_contain_text("就诊绿色通道")
    looks_right(phone)

    # What is too dear says what is missing and where to go on.
    phone.get_by_role("link", name="看看：健康体检一次").click()
    expect(phone.locator("main")).to_contain_text("这份权益从三星开始")
    expect(phone.locator("main")).to_contain_text("还差95小时就够了")
    looks_right(phone)
    phone.go_back()

    phone.get_by_role("link", name="换这个：急救课一席").click()
    looks_right(phone)
    phone.get_by_role("button", name="用 3小时 换").click()
    expect(phone.locator(".slip")).to_contain_text("未使用")
    expect(phone.locator(".slip .qr svg")).to_be_visible()
    looks_right(phone)
    code = phone.locator(".voucher-code").inner_text()
    phone.goto("/timebank/")
    expect(phone.locator("main")).to_contain_text("急救课一席")
    expect(phone.locator("main")).to_contain_text("先预留")

    # 王敏 types the code as it was read to her, checks the name, and hands it out with one key.
    desk = signed_in(wang, viewport=DESK)
    desk.goto("/desk/vouchers/")
    looks_right(desk)
    expect(desk.get_by_label("券号")).to_be_focused()
    desk.keyboard.type(code.lower())
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_contain_text("林晓")
    looks_right(desk)
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("核销好了：急救课一席")
    looks_right(desk)

    phone.goto("/me/vouchers/")
    looks_right(phone)
    phone.get_by_role("link", name=re.compile("急救课一席")).click()
    expect(phone.locator(".slip")).to_contain_text("已使用")
    looks_right(phone)
    phone.goto("/timebank/")
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "120")
    looks_right(phone)


def test_two_want_the_last_one_and_the_other_is_led_on(
    signed_in: Callable[..., Page], looks_right: Callable[[Page], None], hospital: Any, blue: Any, lin: Any
) -> None:
    benefit = make_benefit(unit=hospital, title="心理沙龙一席", price_minutes=60, stock=1)
    mate = member(name="何苗", number="V0000002", phone="13800000002", unit=blue)
    pages = []
    for one in (lin, mate):
        credit(one.person, 120)
        page = signed_in(one.person.user)
        page.goto(f"/benefits/{benefit.code}/")
        pages.append(page)

    for page in pages:
        page.get_by_role("button", name="用 1小时 换").click()

    first, second = pages
    expect(first.locator(".slip")).to_contain_text("未使用")
    expect(second.get_by_role("alert")).to_contain_text("最后一份刚刚被换走了")
    looks_right(second)
    second.get_by_role("alert").get_by_role("link", name="看别的权益").click()
    expect(second.locator("main")).to_contain_text("换完了，补上再来")
    looks_right(second)
    assert Voucher.objects.count() == 1

    # Whoever has it gives it back after all: then the other gets it.
    first.get_by_text("用不上了？").click()
    first.get_by_role("button", name="退回这张券").click()
    expect(first.locator(".slip")).to_contain_text("已退回")
    looks_right(first)
    second.reload()
    second.get_by_role("link", name="换这个：心理沙龙一席").click()
    second.get_by_role("button", name="用 1小时 换").click()
    expect(second.locator(".slip")).to_contain_text("未使用")


def test_the_desk_keeps_catalogue_and_stars(
    signed_in: Callable[..., Page], looks_right: Callable[[Page], None], bureau: Any, hospital: Any, lin: Any, blue: Any
) -> None:
    serve(lin.person, 120, unit=blue)
    chen = staff(name="陈立新", login_name="chen", role="bureau_administrator", unit=bureau)
    desk = signed_in(chen, viewport=DESK)

    # A scheme: first looked at, then set.
    desk.goto("/desk/stars/")
    looks_right(desk)
    desk.get_by_role("link", name="星级办法").click()
    desk.get_by_role("link", name="定新办法").click()
    desk.get_by_label("给哪个单位").select_option(label="瑞安市卫生健康局")
    desk.get_by_label("办法的名称").fill("医疗志愿者星级办法")
    desk.get_by_label(re.compile("^五级")).check()
    desk.get_by_role("button", name="看看会是怎样").click()
    expect(desk.get_by_role("row", name=re.compile("一星"))).to_contain_text("1")
    looks_right(desk)
    desk.get_by_role("button", name="就这样定").click()
    expect(desk.get_by_role("status")).to_contain_text("办法定好了")
    looks_right(desk)
    for path in ("/desk/stars/privileges/", "/desk/stars/bars/", "/desk/benefits/"):
        desk.goto(path)
        looks_right(desk)

    # A benefit: added, then restocked.
    desk.get_by_role("link", name="加一份权益").click()
    looks_right(desk)
    desk.get_by_label("哪个单位给的").select_option(label="瑞安市人民医院")
    for label, value in (
        ("叫什么", "急救课一席"),
        ("是什么", "半天学会心肺复苏。"),
        ("谁提供", "急救培训基地"),
        ("在哪里用", "培训基地，周六上午"),
        ("要多少小时", "3"),
        ("一共几份", "12"),
    ):
        desk.get_by_label(label).fill(value)
    desk.get_by_role("button", name="上架").click()
    expect(desk.get_by_role("status")).to_contain_text("上架了")
    looks_right(desk)
    desk.get_by_label("加几份").fill("-2")
    desk.get_by_role("button", name="补上").click()
    expect(desk.locator("main")).to_contain_text("10 份")
