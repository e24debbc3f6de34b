"""An elder without a telephone comes to the desk with her son: registered, card and slip in her hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.people.models import Person, Volunteer
from xinglin.people.tests.factories import PNG, make_id_number, make_texts

from .conftest import DESK
from .test_minutes_move import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_elder_is_registered_at_the_desk_and_signed_up(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    tmp_path: Path,
    blue: Any,
    wang: Any,
) -> None:
    make_texts()
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00", days=3), name="编织马甲")
    now_is(at("12:30"))
    number = make_id_number(born_on=dt.date(1945, 3, 1))
    (tmp_path / "paper.png").write_bytes(PNG)
    desk = window(DESK)
    signed_in(desk, wang, second_factor=True)

    desk.goto("/desk/people/")
    looks_right(desk)
    desk.get_by_role("link", name="登记新人").click()
    looks_right(desk)
    desk.get_by_label("姓名", exact=True).fill("陈奶奶")
    desk.get_by_label("证件号码").fill(number)
    fill(desk, blue.name)
    desk.get_by_label("材料的照片").set_input_files(tmp_path / "paper.png")
    desk.get_by_role("button", name="登记这个人").click()
    expect(desk.get_by_role("button", name="打印 PIN 设置条")).to_be_visible()
    expect(desk.get_by_role("button", name="打印志愿者卡")).to_be_visible()
    looks_right(desk)
    elder = Volunteer.objects.get(person__name="陈奶奶")

    desk.get_by_role("button", name="打印 PIN 设置条").click()
    expect(desk.get_by_text(elder.number).first).to_be_visible()

    desk.goto(f"/desk/people/{elder.number}/")
    desk.get_by_role("link", name="监护与代办").click()
    expect(desk.get_by_role("link", name="打开材料：11月20日同意书")).to_be_visible()
    looks_right(desk)
    desk.get_by_role("link", name="报名、退名").click()
    desk.get_by_role("button", name="编织马甲").click()
    expect(desk.get_by_text("替陈奶奶报上了")).to_be_visible()

    assert Person.objects.filter(born_on=dt.date(1945, 3, 1)).count() == 1
    assert Signup.objects.get(volunteer=elder).shift == shift


def fill(desk: Page, unit: str) -> None:
    """All that is asked besides name and number."""
    desk.get_by_label("看过证件原件").check()
    desk.get_by_label("加入哪支队伍或单位").fill(unit)
    desk.get_by_label("子女", exact=True).check()
    desk.get_by_label("同意人姓名").fill("陈立")
    desk.get_by_label("凭什么材料").fill("11月20日同意书")
    desk.get_by_label("两份说明都念给同意的人听过").check()
    desk.get_by_label("服务协议也在纸上签了").check()
