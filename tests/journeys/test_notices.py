"""A shift is called off at the desk; the volunteer sees it at the bell, opens it, and chooses how to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from conftest import sign_in
from tests.journeys.conftest import DESK
from xinglin.activities import planning
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.lib import clock
from xinglin.notices import queries
from xinglin.notices.rules import Channel, Topic

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def enter(page: Page, user: Any, url: str) -> None:
    """The session's cookie, as signing in would have set it: signing in is told by the first journey."""
    cookie = sign_in(Client(), user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])


def test_a_volunteer_hears_that_the_shift_is_off_and_chooses_how_to_be_told(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    live_server: Any,
    blue: Any,
    lin: Any,
    wang: Any,
) -> None:
    now = clock.now()
    shift = make_shift(places=3, unit=blue, starts_at=now + dt.timedelta(days=2))
    make_signup(shift, lin)
    planning.call_off(shift=shift, reason="台风来了", by=wang, at=now)
    phone, desk = window(), window(DESK)
    enter(phone, lin.person.user, live_server.url)
    enter(desk, wang, live_server.url)

    phone.goto("/me/")
    looks_right(phone)
    phone.get_by_role("link", name="通知，1 条没看").click()
    expect(phone.get_by_role("heading", name="通知")).to_be_visible()
    looks_right(phone)
    phone.get_by_role("link", name="班次取消了").click()
    expect(phone.get_by_text("台风来了")).to_be_visible()
    phone.get_by_role("link", name="通知", exact=True).click()
    expect(phone.get_by_text("都看过了")).to_be_visible()

    phone.get_by_role("link", name="通知设置").click()
    looks_right(phone)
    phone.get_by_role("checkbox", name="班次").uncheck()
    phone.get_by_label("从几点").select_option("21:00")
    phone.get_by_role("button", name="存好").click()
    expect(phone.get_by_text("以后就按这样通知您")).to_be_visible()
    wishes = queries.wishes_of(lin.person.user)
    assert not wishes.wants(Topic.SHIFT, Channel.SMS)
    assert wishes.quiet.begins == dt.time(21)

    desk.goto("/desk/deliveries/")
    expect(desk.get_by_text("138****0001")).to_be_visible()
    looks_right(desk)
