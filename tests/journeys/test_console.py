"""The console in a real browser, by keyboard alone: in, a new city, its host name, and closed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK
from xinglin.accounts.queries import totp_code_of
from xinglin.lib import clock
from xinglin.office.tests.factories import PASSWORD, SECRET, make_operator

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HOST = "console.localhost"  # which browsers take for this machine


@pytest.fixture
def console(settings: Any, live_server: Any) -> str:
    """Its address."""
    settings.CONSOLE_HOST, settings.ALLOWED_HOSTS = HOST, ["*"]
    make_operator("qiao")
    return f"http://{HOST}:{urlsplit(live_server.url).port}"


def test_an_operator_names_a_city_and_closes_it_by_keyboard_alone(
    console: str, window: Callable[..., Page], looks_right: Callable[[Page], None]
):
    page = window(DESK)
    page.goto(f"{console}/cities/tested/")

    looks_right(page)
    page.keyboard.press("Tab")
    page.get_by_label("登录名").focus()
    page.keyboard.type("qiao")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("输入动态码")
    looks_right(page)
    page.get_by_label("动态码").focus()
    page.keyboard.type(totp_code_of(SECRET, at=clock.now()))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("瑞安市")
    looks_right(page)
    page.get_by_label("再加一个域名").focus()
    page.keyboard.type("zyz.ruian.example.cn")
    page.keyboard.press("Enter")
    expect(page.get_by_text("zyz.ruian.example.cn", exact=True)).to_be_visible()

    page.get_by_role("link", name="停用这个城市").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("停用 瑞安市")
    looks_right(page)
    page.get_by_label("照着写一遍城市的名称").focus()
    page.keyboard.type("瑞安市")
    page.keyboard.press("Tab")
    page.keyboard.type("搬到省里")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="恢复这个城市")).to_be_visible()
    for path in ("/", "/state/", "/versions/", "/trail/", "/security/"):
        page.goto(f"{console}{path}")
        looks_right(page)
