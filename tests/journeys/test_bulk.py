"""A search gets a name; sixty people go into another team at one press, to be watched; and it is undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import at
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.bulk import running
from xinglin.people.models import Bulk
from xinglin.people.tests.factories import make_volunteer

from .conftest import DESK, PHONE
from .test_first_journey import coordinator, sign_in_as_staff

__all__ = ["coordinator"]  # a fixture of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PEOPLE = 60


def test_a_saved_list_sixty_people_into_a_team_and_back(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    coordinator: Any,
    hospital: Any,
    blue: Any,
) -> None:
    red = make_unit(parent=hospital, name="红马甲队")
    for number in range(PEOPLE):
        make_volunteer(unit=blue, name=f"志愿者{number:02}", specialities=["医疗急救"], agreement=False)
    make_volunteer(unit=blue, name="暂停的", specialities=["医疗急救"], state="suspended")
    make_volunteer(unit=blue, name="别的特长")
    now_is(at("09:00"))
    desk = window(DESK)
    sign_in_as_staff(desk, coordinator, now=at("09:00"))

    # What was narrowed gets a name, and is found again in one press.
    desk.goto("/desk/people/")
    desk.get_by_label("特长").select_option(label="医疗急救")
    desk.get_by_role("button", name="筛选").click()
    desk.get_by_role("link", name="存成名单").click()
    looks_right(desk)
    desk.get_by_label("名单的名字").fill("会急救的")
    desk.get_by_role("button", name="存成名单").click()
    desk.goto("/desk/people/")
    desk.get_by_role("link", name="会急救的").click()
    expect(desk.get_by_text(f"共 {PEOPLE + 1} 人")).to_be_visible()
    expect(desk.get_by_role("link", name="会急救的")).to_have_attribute("aria-current", "true")
    looks_right(desk)
    desk.get_by_role("link", name="管理名单").click()
    looks_right(desk)
    desk.get_by_role("link", name="会急救的", exact=True).click()

    # All who were found, more than one page of them; what can be done is chosen next.
    desk.get_by_role("button", name="批量办理找到的所有人").click()
    expect(desk.get_by_text(f"选了 {PEOPLE + 1} 人")).to_be_visible()
    looks_right(desk)
    desk.locator("#id_put_in-unit").select_option(red.code)
    desk.get_by_role("button", name=f"{PEOPLE + 1} 人加入").click()

    # The bar moves by itself.
    code = Bulk.objects.get().code
    expect(desk.get_by_role("progressbar")).to_have_attribute("value", "0")
    looks_right(desk)
    running.go_on(code=code, at=at("09:01"))
    expect(desk.get_by_text(f"{running.CHUNK} / {PEOPLE + 1} 人")).to_be_visible()
    running.go_on(code=code, at=at("09:01"))
    expect(desk.get_by_text("办完了")).to_be_visible()
    expect(desk.get_by_role("table", name="为什么没有办")).to_contain_text("在岗")
    assert red.memberships.filter(left_on__isnull=True).count() == PEOPLE
    looks_right(desk)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载结果").click()
    assert download.value.suggested_filename.endswith(f"{code}.xlsx")

    # It was the wrong team: Z takes all of it back.
    desk.keyboard.press("z")
    expect(desk.get_by_text("正在撤销")).to_be_visible()
    looks_right(desk)
    while running.go_on(code=code, at=at("09:05")):
        pass
    expect(desk.locator("#bulk").get_by_text("撤销了").first).to_be_visible()
    assert not red.memberships.filter(left_on__isnull=True).exists()
    assert blue.memberships.filter(left_on__isnull=True).count() == PEOPLE + 2

    # The same on a phone, in the dark, in large letters.
    desk.set_viewport_size(PHONE)
    house = desk.url.split("/desk/")[0]
    for name, value in (("theme", "dark"), ("elder", "1")):
        desk.context.add_cookies([{"name": name, "value": value, "url": house}])
    for page in ("/desk/people/", "/desk/people/lists/", "/desk/people/bulk/", f"/desk/people/bulk/{code}/"):
        desk.goto(page)
        looks_right(desk)
