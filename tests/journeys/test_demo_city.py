"""The whole way in the demo city, with everybody who has a part in it: from a stranger to a benefit that was used.

Walked once in Chinese and once in English, by the words that the pages show.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.accounts import queries as account_queries
from xinglin.accounts.models import User
from xinglin.activities import evidence
from xinglin.activities.models import Shift
from xinglin.home import demo
from xinglin.home.tests.test_demo import load
from xinglin.hours import actions as hours
from xinglin.people.tests.factories import make_id_number
from xinglin.timebank import measuring

from .conftest import DESK
from .test_first_journey import Letterbox, letterbox, spoken_code

__all__ = ["letterbox"]  # a fixture of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STRANGER = "13912345678"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Words:
    """The sentences of the pages in the language of this walk."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, chinese: str, **facts: str) -> str:
        with translation.override(self.language):
            return str(translation.gettext(chinese) % facts if facts else translation.gettext(chinese))

    def starting(self, chinese: str) -> re.Pattern[str]:
        """For a button that also names its key."""
        return re.compile("^" + re.escape(self(chinese)))


@pytest.fixture(params=["zh-hans", "en"], ids=["Chinese", "English"])
def say(request: pytest.FixtureRequest) -> Words:
    return Words(request.param)


def by_phone(page: Page, phone: str, letterbox: Letterbox, say: Words) -> None:
    page.goto("/sign-in/")
    page.get_by_label(say("手机号")).fill(phone)
    page.get_by_role("button", name=say("获取验证码")).click()
    page.get_by_label(say("验证码")).fill(letterbox.code_for(phone))
    page.get_by_role("button", name=say("登录"), exact=True).click()
    page.wait_for_url(re.compile(r"/$"))


def by_password(page: Page, login_name: str, say: Words, *, now: dt.datetime) -> None:
    page.goto("/sign-in/staff/")
    page.get_by_label(say("登录名")).fill(login_name)
    page.get_by_label(say("密码")).fill(demo.PASSWORD)
    page.get_by_role("button", name=say("下一步")).click()
    code = account_queries.current_totp_code(User.objects.get(login_name=login_name), at=now)
    page.get_by_label(say("动态码")).fill(code)
    page.get_by_role("button", name=say("登录"), exact=True).click()
    page.wait_for_url("**/desk/")


def test_from_stranger_to_a_benefit_that_was_used(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    say: Words,
) -> None:
    now_is(at("12:00"))
    load()
    measuring.measure(None, at=at("12:00"))
    shift = Shift.objects.get(activity__source="demo:now", state=Shift.State.OPEN)
    team = shift.activity.project.unit
    leader = demo.volunteers()[1].person.user
    locale = {"locale": "zh-CN" if say.language == "zh-hans" else "en-GB"}

    # The stranger looks around, signs in by phone, and applies.
    phone = window(**locale)
    phone.goto("/")
    looks_right(phone)
    by_phone(phone, STRANGER, letterbox, say)
    phone.get_by_role("link", name=say("开始填写")).click()
    phone.get_by_label(say("姓名")).fill("沈佳")
    phone.get_by_label(say("证件号码")).fill(make_id_number(born_on=dt.date(1992, 3, 8)))
    phone.get_by_label(say("想加入的队伍")).fill(team.name)
    phone.get_by_label(say("我看过并同意个人信息处理说明")).check()
    looks_right(phone)
    phone.get_by_role("button", name=say("交上去")).click()
    expect(phone.locator("h1")).to_have_text(say("已经交上去了"))

    # The coordinator finds it among what waits, and accepts it with one key.
    desk = window(DESK, **locale)
    by_password(desk, "wangmin", say, now=at("12:00"))
    looks_right(desk)
    desk.get_by_role("link", name=re.compile("沈佳")).click()
    expect(desk.locator("#what")).to_contain_text("沈佳")
    desk.keyboard.press("a")
    expect(desk.get_by_role("link", name=re.compile("沈佳"))).to_have_count(0)
    looks_right(desk)

    # The new volunteer signs the agreement and takes the shift that is on.
    phone.goto("/me/agreement/")
    phone.get_by_label(say("姓名")).fill("沈佳")
    looks_right(phone)
    phone.get_by_role("button", name=say("我读过了，签名")).click()
    phone.goto(f"/shifts/{shift.code}/")
    looks_right(phone)
    phone.get_by_role("button", name=say("报“%(name)s”", name="导医")).click()
    expect(phone.locator("main")).to_contain_text(say("已报名"))

    # The leader shows the code; coming and leaving are marked by it.
    now_is(at("12:10"))
    leads = window(**locale)
    by_phone(leads, account_queries.phone_of(leader) or "", letterbox, say)
    leads.goto(f"/shifts/{shift.code}/lead/")
    looks_right(leads)
    phone.goto(f"/shifts/{shift.code}/hands/")
    phone.locator("#digits").fill(spoken_code(leads))
    phone.get_by_role("button", name=say.starting("我到了")).click()
    expect(phone.locator("main")).to_contain_text(say("已签到"))
    now_is(at("14:10"))
    phone.goto(f"/c/{shift.code}/{evidence.token_of(shift, at=at('14:10'))}/")
    phone.get_by_role("button", name=say.starting("我离开了")).click()
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "120")
    now_is(at("14:20"))
    hours.make_effective(at=at("14:20"))

    # Two hours buy an hour's benefit; its voucher is good for the counter.
    phone.goto("/benefits/")
    looks_right(phone)
    phone.get_by_role("link", name=re.compile("心理沙龙一席")).first.click()
    looks_right(phone)
    phone.locator(".dock button").click()
    expect(phone.locator(".slip .qr svg")).to_be_visible()
    looks_right(phone)
    code = phone.locator(".voucher-code").inner_text()
    desk.goto("/desk/vouchers/")
    desk.get_by_label(say("券号")).fill(code)
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_contain_text("沈佳")
    looks_right(desk)
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("心理沙龙一席")

    # The statement says what became of the two hours, and leads back to the service they came from.
    phone.goto("/timebank/")
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "60")
    looks_right(phone)
    phone.get_by_role("link", name=re.compile("门诊导医")).first.click()
    expect(phone.locator("data.minutes").first).to_have_attribute("value", "120")
    looks_right(phone)

    # Reviewer, administrator and auditor each find their own first page.
    for login_name, path in (("zhaoyan", "/desk/"), ("chenlixin", "/desk/timebank/"), ("zhouzheng", "/desk/timebank/")):
        page = window(DESK, **locale)
        by_password(page, login_name, say, now=at("14:20"))
        page.goto(path)
        looks_right(page)
        if say.language == "en":
            assert not CHINESE.search(page.locator("h1").inner_text())
