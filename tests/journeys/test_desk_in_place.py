"""The desk where a coordinator decides fifty things a day: in place, with the keyboard alone, and back again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at, member
from xinglin.activities import actions as activities
from xinglin.activities.evidence import AWAITING_NOD
from xinglin.activities.models import Attendance
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.people.models import Application
from xinglin.people.tests.factories import make_application, make_person

from .conftest import DESK
from .test_first_journey import coordinator, letterbox, sign_in_as_staff

__all__ = ["coordinator", "letterbox"]  # fixtures of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(blue: Any, zhao: Any) -> None:
    """Three applications, four claims to have come, two records that a colleague entered afterwards."""
    for number, name in enumerate(("沈佳", "许岚", "周正")):
        make_application(unit=blue, person=make_person(name=name), submitted_at=at(f"07:0{number}"))
    shift = make_shift(places=9, unit=blue)
    for number, name in enumerate(("何苗", "周海燕", "陈思远", "李建国")):
        volunteer = member(name=name, number=f"V00001{number:02d}", phone=f"138000010{number:02d}", unit=blue)
        signup = make_signup(shift, volunteer)
        activities.come(signup=signup, evidence=AWAITING_NOD, by=volunteer.person.user, at=at(f"08:5{number}"))
    for name in ("黄丽萍", "吴桐"):
        make_record(
            person=make_person(name=name),
            unit=blue,
            starts_at=at("06:00"),
            provenance="team_entry",
            recorded_by=zhao,
            waits_for_confirmation=True,
            at=at("09:00"),
        )


def test_ten_decisions_with_the_keyboard_alone(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    coordinator: Any,
    morning: None,
) -> None:
    now_is(at("09:30"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:30"))
    what, said, keys = desk.locator("#what"), desk.get_by_role("status"), desk.keyboard
    looks_right(desk)

    # 1 沈佳 is approved; the next one opens by itself.
    expect(what).to_contain_text("沈佳")
    keys.press("a")
    expect(what).to_contain_text("许岚")
    expect(said).to_contain_text("沈佳已通过")
    looks_right(desk)

    # 2 Z takes that back, and 3 a second look decides again.
    keys.press("z")
    expect(what).to_contain_text("沈佳")
    assert Application.objects.filter(state="submitted").count() == 3
    keys.press("a")
    expect(what).to_contain_text("许岚")

    # 4 R leads into the reason; Enter sends it. What is typed there decides nothing.
    keys.press("r")
    keys.type("please at 3, 请带原件")
    keys.press("Enter")
    expect(what).to_contain_text("周正")
    assert Application.objects.get(state="asked_back").reason == "please at 3, 请带原件"

    # 5 A ready sentence by its figure, and T.
    keys.press("3")
    keys.press("t")
    expect(what).to_contain_text("何苗")
    assert Application.objects.get(state="refused").reason.startswith("这支队伍")

    # J and K look without deciding.
    keys.press("j")
    expect(what).to_contain_text("周海燕")
    keys.press("k")
    expect(what).to_contain_text("何苗")

    # 6 and 7 typed ahead of the answers: neither is lost, and neither hits the wrong one.
    keys.type("ar")
    expect(what).to_contain_text("陈思远")
    assert Attendance.objects.get(signup__volunteer__person__name="何苗").waits_for_nod is False
    assert not Attendance.objects.filter(signup__volunteer__person__name="周海燕").exists()

    # 8 The other two of the shift in one press, 9 and all of it back.
    keys.press("b")
    expect(what).to_contain_text("门诊导医")
    expect(said).to_contain_text("2 件一起办好了")
    keys.press("z")
    expect(what).to_contain_text("陈思远")
    assert Attendance.objects.filter(waits_for_nod=True).count() == 2
    keys.press("b")

    # 10 Both records of one batch; then nothing waits any more.
    expect(what).to_contain_text("门诊导医")
    looks_right(desk)
    keys.press("b")
    expect(desk.locator("main")).to_contain_text("都办完了")
    assert Record.objects.filter(state="publicised").count() == 2
    looks_right(desk)


def test_without_scripts_the_same_desk_decides(
    window: Callable[..., Page],
    now_is: Callable[[dt.datetime], None],
    coordinator: Any,
    morning: None,
) -> None:
    now_is(at("09:30"))
    desk = window(DESK, java_script_enabled=False)
    sign_in_as_staff(desk, coordinator, now=at("09:30"))

    desk.get_by_role("button", name="通过 A").click()
    expect(desk.locator("#what")).to_contain_text("许岚")
    desk.get_by_label("这支队伍眼下满员").check()
    desk.get_by_role("button", name="不通过 T").click()
    expect(desk.locator("#what")).to_contain_text("周正")
    desk.get_by_role("button", name="撤销 Z").first.click()
    expect(desk.locator("#what")).to_contain_text("许岚")

    assert Application.objects.filter(state="submitted").count() == 2
