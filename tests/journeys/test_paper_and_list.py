"""Where telephones are no help: a sheet of paper typed in without a mouse, and a list pasted from a group."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at, member
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.hours.models import Record
from xinglin.organisation.tests.factories import make_role

from .conftest import DESK
from .test_first_journey import Letterbox, letterbox, sign_in_by_phone

__all__ = ["letterbox"]  # a fixture of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LEADER = "13800000009"
PASTED = "#接龙 周四导医\n1. 何苗\n2、周海燕（下午）\n3. 陈思远 取消\n4. 小王"
NAMES = ("何苗", "周海燕", "陈思远")


@pytest.fixture
def leader(blue: Any) -> Any:
    leader = member(name="吴队", number="V0000009", phone=LEADER, unit=blue).person.user
    make_role(user=leader, unit=blue, name="team_leader")
    return leader


@pytest.fixture
def volunteers(blue: Any) -> list[Any]:
    return [
        member(name=name, number=f"V00001{place:02d}", phone=f"138000010{place:02d}", unit=blue)
        for place, name in enumerate(NAMES)
    ]


def test_a_leader_types_a_sheet_of_paper_without_a_mouse(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    leader: Any,
    volunteers: list[Any],
    blue: Any,
) -> None:
    shift = make_shift(places=9, unit=blue, starts_at=at("09:00"), leader=leader)
    for volunteer in volunteers:
        make_signup(shift, volunteer)
    for number in ("V0000021", "V0000022"):
        member(name="林小满", number=number, phone=f"138{number[1:]}0", unit=blue)
    now_is(at("15:00"))
    page = window(DESK)
    sign_in_by_phone(page, LEADER, letterbox)
    page.goto(f"/shifts/{shift.code}/roster/")
    looks_right(page)
    page.goto(f"/shifts/{shift.code}/enter/")
    looks_right(page)

    # 何苗 as the shift says; 周海燕 came later; 陈思远's time cannot be read.
    keys = page.keyboard
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")
    keys.type("9:30")
    keys.press("Enter")
    keys.type("zao")
    keys.press("Tab")
    keys.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("1 行还没有记上")
    expect(page.locator("main")).to_contain_text("看不出是几点")
    assert sorted(Record.objects.values_list("minutes", flat=True)) == [150, 180]

    # The bad row has the focus; it is mended and saved.
    keys.type("930")
    keys.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("另一位同事确认")
    assert Record.objects.filter(state="recorded", provenance="team_entry").count() == 3
    looks_right(page)

    # On a blank line below stands somebody who had not signed up; two have that name, so one is chosen.
    page.get_by_label("名单外第 1 位的编号或姓名").focus()
    keys.type("林小满")
    keys.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("可能是下面2位")
    looks_right(page)
    page.get_by_role("radio", name=re.compile("V0000021")).focus()
    keys.press("Space")
    page.get_by_label("名单外第 1 位几点走").focus()
    keys.type("11")
    keys.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("V0000021")
    assert Record.objects.get(person__volunteer__number="V0000021").minutes == 120
    looks_right(page)


def test_a_list_from_a_group_becomes_sign_ups(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    leader: Any,
    volunteers: list[Any],
    blue: Any,
) -> None:
    shift = make_shift(places=5, unit=blue, starts_at=at("09:00", days=2), leader=leader)
    member(name="何苗", number="V0000777", phone="13800000777", unit=blue)
    now_is(at("10:00"))
    phone = window()
    sign_in_by_phone(phone, LEADER, letterbox)
    phone.goto(f"/shifts/{shift.code}/lead/")
    phone.get_by_role("link", name=re.compile("群接龙名单")).click()
    looks_right(phone)

    phone.get_by_label("把群里的接龙贴在这里").fill(
        "#接龙 周四导医\n1. 何苗\n2、周海燕（下午）\n3. 陈思远 取消\n4. 小王"
    )
    phone.get_by_role("button", name="认一认是谁").click()
    looks_right(phone)
    phone.get_by_label("“1. 何苗”是谁").select_option("V0000777")
    phone.get_by_role("button", name=re.compile("给选中的人报名")).click()
    expect(phone.get_by_role("status")).to_contain_text("2 人报上了")
    looks_right(phone)

    expect(phone.locator("main")).to_contain_text("4. 小王")
    assert set(Signup.objects.values_list("volunteer__number", flat=True)) == {"V0000777", "V0000101"}
