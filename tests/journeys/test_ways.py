"""Other ways through the same pages: without a mouse, in English, in large type, without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from conftest import at, member
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.lib.web.context import ELDER_COOKIE
from xinglin.people.models import Application
from xinglin.people.tests.factories import make_application, make_person

from .conftest import DESK
from .test_first_journey import Letterbox, coordinator, letterbox, sign_in_as_staff, sign_in_by_phone

__all__ = ["coordinator", "letterbox"]  # fixtures of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE_OF_MIAO = "13800000001"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def miao(blue: Any) -> Any:
    """何苗, a volunteer with a signed agreement."""
    return member(name="何苗", number="V0000002", phone=PHONE_OF_MIAO, unit=blue)


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()"))


def test_a_coordinator_decides_with_the_keyboard_alone(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    coordinator: Any,
    blue: Any,
) -> None:
    for name, minute in (("沈佳", "08:00"), ("许岚", "08:05")):
        make_application(unit=blue, person=make_person(name=name), submitted_at=at(minute))
    now_is(at("09:00"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:00"))

    # The first thing that Tab reaches leads past the navigation.
    desk.keyboard.press("Tab")
    assert focused(desk) == "跳到内容"
    desk.keyboard.press("Enter")

    # J opens the first, J the next, K goes back.
    desk.goto("/desk/applications/")
    expect(desk.locator("#what")).to_contain_text("沈佳")
    desk.keyboard.press("j")
    expect(desk.locator("#what")).to_contain_text("许岚")
    desk.keyboard.press("k")
    expect(desk.locator("#what")).to_contain_text("沈佳")

    # A key in a field is a letter; outside it decides; Z takes back.
    reason = desk.locator("[name=reason]")
    reason.press_sequentially("car")
    expect(reason).to_have_value("car")
    desk.keyboard.press("Tab")
    desk.keyboard.press("r")
    expect(desk.get_by_role("status")).to_contain_text("已请申请人补充")
    looks_right(desk)
    desk.keyboard.press("z")
    expect(desk.get_by_role("status")).to_contain_text("已撤销")
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("已通过")
    assert Application.objects.filter(state="approved").count() == 1


def test_a_volunteer_without_scripts_signs_up_and_cancels(
    window: Callable[..., Page],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    miao: Any,
    blue: Any,
) -> None:
    now_is(at("08:00"))
    shift = make_shift(unit=blue, starts_at=at("14:00", days=2), ends_at=at("17:00", days=2))
    phone = window(java_script_enabled=False)
    sign_in_by_phone(phone, PHONE_OF_MIAO, letterbox)

    phone.goto("/activities/")
    phone.get_by_role("link", name=re.compile(shift.activity.name)).click()
    phone.get_by_role("button", name="报名这个班次").click()
    expect(phone.locator("main")).to_contain_text("已报名")

    phone.get_by_role("link", name="去不了，取消报名").click()
    phone.get_by_role("button", name="取消报名").click()
    expect(phone.locator("main")).to_contain_text("招募中")
    assert Signup.objects.get().state != "taken"


def test_every_page_of_a_volunteer_speaks_english_and_fits_in_large_type_at_twice_the_size(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    miao: Any,
    blue: Any,
) -> None:
    now_is(at("08:00"))
    shift = make_shift(unit=blue, starts_at=at("14:00"), ends_at=at("17:00"))
    own_words = data_of(shift, miao)
    phone = window(viewport={"width": 195, "height": 422})  # 390 × 844 at 200 %
    sign_in_by_phone(phone, PHONE_OF_MIAO, letterbox)
    cookies = {ELDER_COOKIE: "1", settings.LANGUAGE_COOKIE_NAME: "en"}
    phone.context.add_cookies([{"name": name, "value": value, "url": phone.url} for name, value in cookies.items()])

    pages = ["/", "/activities/", f"/shifts/{shift.code}/", "/timebank/", "/me/", "/me/hours/", "/me/agreement/"]
    for path in (*pages, "/me/consents/", "/me/security/"):
        phone.goto(path)
        looks_right(phone)
        left = [line for line in phone.locator("body").inner_text().splitlines() if CHINESE.search(line)]
        assert [line for line in left if not any(word in line for word in own_words)] == [], path


def data_of(shift: Any, volunteer: Any) -> list[str]:
    """What people wrote themselves stays in their language; so do the names of languages."""
    activity = shift.activity
    written = [activity.name, activity.place_name, activity.township, activity.briefing, activity.risks]
    return [
        word for word in (*written, activity.project.unit.name, "导医", volunteer.person.name, "简体中文", "苗") if word
    ]


def test_tab_never_hides_behind_the_dock(
    window: Callable[..., Page], now_is: Callable[[dt.datetime], None], letterbox: Letterbox
) -> None:
    now_is(at("08:00"))
    phone = window()
    sign_in_by_phone(phone, "13912345678", letterbox)
    phone.goto("/apply/")

    hidden = []
    for _step in range(25):
        phone.keyboard.press("Tab")
        hidden += phone.evaluate(
            """() => {
              const at = document.activeElement, dock = document.querySelector(".dock");
              if (!at || at === document.body || dock.contains(at)) return [];
              const box = at.getBoundingClientRect();
              return box.bottom > dock.getBoundingClientRect().top + 1 ? [at.name || at.outerHTML.slice(0, 60)] : [];
            }"""
        )
    assert hidden == []


def test_a_long_list_moves_by_key_between_head_and_tabs_and_keeps_its_place_on_the_way_back(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
) -> None:
    now_is(at("08:00"))
    for days in range(1, 13):
        make_shift(unit=blue, name=f"导医{days}", starts_at=at("14:00", days=days), ends_at=at("17:00", days=days))
    phone = window()
    phone.goto("/activities/")
    looks_right(phone)  # no line lies half under the tabs

    phone.keyboard.press("PageDown")
    place = scrolled(phone)
    assert place > 0
    assert phone.evaluate("document.querySelector('.weui-tabbar').getBoundingClientRect().bottom") == 844
    phone.locator("main a[href^='/shifts/']").nth(8).click()
    expect(phone.locator("main")).to_contain_text("地点")
    kept = float(phone.evaluate("sessionStorage.getItem('scroll:/activities/')"))
    phone.go_back()

    expect(phone.locator("main")).to_contain_text("导医1")
    assert scrolled(phone) == kept >= place


def scrolled(page: Page) -> float:
    return float(page.evaluate("document.getElementById('content').scrollTop"))
