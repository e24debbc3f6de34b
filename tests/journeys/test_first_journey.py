"""The first journey: somebody applies, is approved, takes a shift, checks in and out, and sees the minutes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at, member
from xinglin.accounts import actions as accounts
from xinglin.accounts import queries as account_queries
from xinglin.accounts import second_factor, sending
from xinglin.activities import evidence
from xinglin.activities.tests.factories import make_shift
from xinglin.hours import actions as hours
from xinglin.lib.channels.sms import Message
from xinglin.organisation.tests.factories import make_role
from xinglin.people.tests.factories import make_id_number

from .conftest import DESK

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PASSWORD = "杏林春暖四海皆同"
SECRET = "KVWXEZLBNVRW6ZTBOJXGC3DF"
APPLICANT = "13912345678"
LEADER = "13800000001"


class Letterbox:
    """A sender that keeps what it was given: the phones of this journey."""

    is_fake = True

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)

    def code_for(self, phone: str) -> str:
        return next(message.values["code"] for message in reversed(self.messages) if message.phone == phone)


@pytest.fixture
def letterbox(monkeypatch: pytest.MonkeyPatch) -> Letterbox:
    box = Letterbox()
    monkeypatch.setattr(sending, "sender", lambda: box)
    return box


@pytest.fixture
def leader(blue: Any) -> Any:
    """何苗 leads the blue team."""
    leader = member(name="何苗", number="V0000002", phone=LEADER, unit=blue).person.user
    make_role(user=leader, unit=blue, name="team_leader")
    return leader


@pytest.fixture
def coordinator(wang: Any) -> Any:
    accounts.set_password(user=wang, password=PASSWORD, at=at("07:00"))
    second_factor.set_totp(user=wang, secret=SECRET, at=at("07:00"))
    wang.is_demo = True  # on this object only: the tests may ask what her authenticator shows
    return wang


def sign_in_by_phone(page: Page, phone: str, letterbox: Letterbox) -> None:
    page.goto("/sign-in/")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill(letterbox.code_for(phone))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))


def sign_in_as_staff(page: Page, user: Any, *, now: dt.datetime) -> None:
    page.goto("/sign-in/staff/")
    page.get_by_label("登录名").fill(user.login_name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("动态码").fill(account_queries.current_totp_code(user, at=now))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/desk/")


def test_from_applicant_to_minutes_on_the_statement(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    coordinator: Any,
    leader: Any,
    blue: Any,
) -> None:
    shift = make_shift(unit=blue, starts_at=at("14:00"), ends_at=at("17:00"), places=2, leader=leader)

    # 08:00 沈佳 finds the shift as a visitor, signs in by phone and applies.
    now_is(at("08:00"))
    phone = window()
    phone.goto("/")
    looks_right(phone)
    sign_in_by_phone(phone, APPLICANT, letterbox)
    looks_right(phone)
    phone.get_by_role("link", name="开始填写").click()
    looks_right(phone)
    phone.get_by_label("姓名").fill("沈佳")
    phone.get_by_label("证件号码").fill(make_id_number(born_on=dt.date(1992, 3, 8)))
    phone.get_by_label("想加入的队伍").fill("蓝衣")
    phone.get_by_label("我看过并同意个人信息处理说明").check()
    phone.get_by_role("button", name="交上去").click()
    expect(phone.locator("main")).to_contain_text("已经交上去了")
    looks_right(phone)

    # 09:00 王敏 approves at her desk.
    now_is(at("09:00"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:00"))
    looks_right(desk)
    desk.get_by_role("link", name=re.compile("沈佳")).click()
    looks_right(desk)
    desk.get_by_role("button", name=re.compile("^通过")).click()
    expect(desk.get_by_role("status")).to_contain_text("已通过")

    # 10:00 沈佳 signs the agreement and takes the shift.
    now_is(at("10:00"))
    phone.goto("/")
    looks_right(phone)
    phone.get_by_role("link", name="去签协议").click()
    looks_right(phone)
    phone.get_by_label("姓名").fill("沈佳")
    phone.get_by_role("button", name="我读过了，签名").click()
    phone.goto("/activities/")
    looks_right(phone)
    phone.get_by_role("link", name=re.compile(shift.activity.name)).click()
    looks_right(phone)
    phone.get_by_role("button", name="报名这个班次").click()
    expect(phone.locator("main")).to_contain_text("已报名")
    looks_right(phone)

    # 13:50 何苗's phone shows the code; 沈佳 types its digits and has come.
    now_is(at("13:50"))
    leads = window()
    sign_in_by_phone(leads, LEADER, letterbox)
    leads.goto(f"/shifts/{shift.code}/lead/")
    looks_right(leads)
    phone.goto("/")
    looks_right(phone)
    phone.get_by_role("link", name="我到了，去签到").click()
    looks_right(phone)
    phone.get_by_label("带队人手机上的六位数字").fill(spoken_code(leads))
    phone.get_by_role("button", name="我到了").click()
    expect(phone.locator("main")).to_contain_text("已签到")
    looks_right(phone)
    leads.reload()
    expect(leads.locator("main")).to_contain_text("在场")
    looks_right(leads)

    # 16:30 she leaves: two and a half hours inside the shift.
    now_is(at("16:30"))
    phone.goto(f"/c/{shift.code}/{evidence.token_of(shift, at=at('16:30'))}/")  # what the leader's QR code says
    looks_right(phone)
    phone.get_by_role("button", name="我离开了").click()
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "150")
    looks_right(phone)

    # 16:36 the time to undo is over; the job makes the record effective and the bank credits it.
    now_is(at("16:36"))
    assert hours.make_effective(at=at("16:36")) == 1
    phone.goto("/timebank/")
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "150")
    expect(phone.locator("main")).to_contain_text(shift.activity.name)
    looks_right(phone)
    phone.goto("/me/hours/")
    expect(phone.locator("main")).to_contain_text("已生效")
    looks_right(phone)
    phone.goto("/")
    looks_right(phone)


def spoken_code(page: Page) -> str:
    return re.sub(r"\D", "", page.locator("[data-spoken]").inner_text())
