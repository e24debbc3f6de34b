"""A card in place of a telephone, and a telephone without a network."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import at, member
from xinglin.activities.models import Attendance
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.organisation.tests.factories import make_role
from xinglin.people import cards

from .conftest import PHONE
from .test_first_journey import Letterbox, letterbox, sign_in_by_phone

__all__ = ["letterbox"]  # a fixture of the first journey
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LEADER = "13800000009"


@pytest.fixture
def leader(blue: Any) -> Any:
    leader = member(name="吴队", number="V0000009", phone=LEADER, unit=blue).person.user
    make_role(user=leader, unit=blue, name="team_leader")
    return leader


def test_a_leader_scans_a_card_and_a_stranger_learns_nothing(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    leader: Any,
    lin: Any,
    blue: Any,
) -> None:
    shift = make_shift(places=3, unit=blue, leader=leader)
    make_signup(shift, lin)
    card = cards.issue(volunteer=lin, by=leader, at=at("08:00"))
    now_is(at("08:55"))

    stranger = window()
    stranger.goto(f"/k/{card.token}/")
    expect(stranger.locator("main")).to_contain_text("杏林志愿者卡")
    expect(stranger.locator("main")).not_to_contain_text("林晓")
    looks_right(stranger)

    phone = window()
    sign_in_by_phone(phone, LEADER, letterbox)
    phone.goto(f"/k/{card.token}/")
    expect(phone.locator("h1")).to_have_text("林晓")
    looks_right(phone)
    phone.get_by_role("button", name="登记他到了").click()
    expect(phone.get_by_role("status")).to_contain_text("林晓到了")
    looks_right(phone)
    now_is(at("11:30"))
    phone.get_by_role("button", name="登记他走了").click()
    expect(phone.locator("main")).to_contain_text("已离开")
    assert Attendance.objects.get().left_marked_by == leader


def test_an_elder_carries_the_card_on_the_screen_at_twice_the_size(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    lin: Any,
) -> None:
    now_is(at("08:00"))
    phone = window(viewport={"width": 195, "height": 422})  # 390 × 844 at 200 %
    sign_in_by_phone(phone, "13800000001", letterbox)
    phone.context.add_cookies([{"name": "elder", "value": "1", "url": phone.url}])
    phone.goto("/")
    looks_right(phone)
    phone.goto("/me/card/")
    looks_right(phone)
    phone.get_by_role("button", name="做一张卡").click()
    expect(phone.get_by_role("region", name="志愿者卡")).to_contain_text("林晓")
    looks_right(phone)


def test_without_a_network_a_page_says_so_and_nobodys_own_page_was_kept(
    browser: Browser,
    live_server: Any,
    now_is: Callable[[dt.datetime], None],
    letterbox: Letterbox,
    lin: Any,
) -> None:
    now_is(at("08:00"))
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport=PHONE)
    phone = context.new_page()
    sign_in_by_phone(phone, "13800000001", letterbox)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for name, value in (("theme", "dark"), ("elder", "1")):
        context.add_cookies([{"name": name, "value": value, "url": phone.url}])
    phone.goto("/me/")
    phone.goto("/timebank/")

    kept = phone.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
            return found;
        }"""
    )
    context.set_offline(True)
    phone.goto("/me/")
    said = phone.locator("h1").inner_text()
    looks = phone.evaluate("[document.documentElement.dataset.theme, 'elder' in document.documentElement.dataset]")
    context.close()

    assert "/offline/" in kept
    assert [path for path in kept if not re.match(r"/static/|/offline/$", path)] == []
    assert said == "现在没有网络"
    assert looks == ["dark", True]  # as the pages before were chosen to, after the offline one was kept
