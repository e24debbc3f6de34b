"""Minutes from hand to hand: a daughter's gift on two phones, a grant that two of the staff decide at the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from conftest import at, member, staff
from xinglin.accounts.middleware import SESSION_KEY
from xinglin.people import relations
from xinglin.timebank import queries
from xinglin.timebank.actions import requests
from xinglin.timebank.tests.factories import credit

from .conftest import DESK

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signed_in(page: Page, user: Any, *, second_factor: bool) -> None:
    """The session's cookie, as signing in would have set it: the pages after the door are what is looked at here."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = second_factor
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.goto("/")
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": page.url}])


def test_a_daughter_gives_and_her_mother_nods(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    lin: Any,
    blue: Any,
    wang: Any,
) -> None:
    mother = member(name="林母", number="V000009", phone="13800000009", unit=blue)
    kin = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿"}
    relations.register(**kin, by=wang, at=at("08:00"))
    credit(lin.person, 150)
    now_is(at("12:30"))
    phone, hers = window(), window()
    signed_in(phone, lin.person.user, second_factor=False)
    signed_in(hers, mother.person.user, second_factor=False)

    phone.goto("/timebank/")
    looks_right(phone)
    phone.get_by_role("link", name="送时间").first.click()
    looks_right(phone)
    phone.get_by_role("link", name="送时间").last.click()
    looks_right(phone)
    phone.get_by_text("林母（父母）").click()
    phone.get_by_label("送多少分钟").fill("90")
    phone.get_by_role("button", name="看一眼再送").click()
    expect(phone.get_by_text("先为对方留着")).to_be_visible()
    looks_right(phone)
    phone.get_by_role("button", name="对，就送").click()
    expect(phone.get_by_text("送给林母").first).to_be_visible()

    hers.goto("/timebank/gifts/")
    looks_right(hers)
    hers.get_by_role("button", name="收下林晓送的时间").click()
    expect(hers.get_by_text("已到账").first).to_be_visible()
    hers.goto("/me/relations/")
    looks_right(hers)

    assert queries.balance_of(mother.person).free_minutes == 90


def test_one_asks_and_another_decides_by_key(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    bureau: Any,
    hospital: Any,
    lin: Any,
    wang: Any,
    zhao: Any,
) -> None:
    chief = staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)
    now_is(at("12:30"))
    funding = {"kind": "reserve_funding", "unit": hospital, "person": None, "minutes": 600, "reason": "全年奖励"}
    requests.agree(request=requests.ask(**funding, by=chief, at=at("08:00")), by=zhao, at=at("08:10"))
    asks, decides = window(DESK), window(DESK)
    signed_in(asks, wang, second_factor=True)
    signed_in(decides, zhao, second_factor=True)

    asks.goto("/desk/timebank/requests/new/")
    looks_right(asks)
    asks.get_by_label("志愿者编号").fill(lin.number)
    asks.get_by_role("button", name="找这位志愿者").click()
    looks_right(asks)
    asks.get_by_text("储备发放").click()
    asks.get_by_label("多少分钟").fill("120")
    asks.get_by_label("为什么").fill("服务满一年")
    asks.get_by_role("button", name="提出，等另一人决定").click()
    expect(asks.get_by_text("等另一人决定").first).to_be_visible()
    looks_right(asks)

    decides.goto("/desk/?kind=minutes")
    expect(decides.locator("#what")).to_contain_text("储备发放")
    looks_right(decides)
    decides.keyboard.press("a")
    expect(decides.get_by_text("已入账，不能撤销").first).to_be_visible()
    assert queries.balance_of(lin.person).free_minutes == 120

    rules = window(DESK)
    signed_in(rules, chief, second_factor=True)
    rules.goto(f"/desk/people/{lin.number}/relations/")
    looks_right(rules)
    rules.goto(f"/desk/organisation/{hospital.code}/policies/holding_cap_hours/")
    rules.get_by_label("改成").fill("1")
    rules.get_by_role("button", name="看看改了会怎样").click()
    expect(rules.get_by_text("看了 1 人，其中 1 人会不一样")).to_be_visible()
    looks_right(rules)


def test_a_member_gives_to_the_team_and_two_people_give_it_on(
    window: Callable[..., Page],
    looks_right: Callable[[Page], None],
    now_is: Callable[[dt.datetime], None],
    blue: Any,
    lin: Any,
    wang: Any,
) -> None:
    leader = staff(name="吴队", login_name="wudui", role="team_leader", unit=blue)
    he = member(name="何苗", number="V000002", phone="13800000002", unit=blue)
    need = {"person": he.person, "paper": "低保证", "until": dt.date(2027, 1, 1)}
    relations.decide_hardship(**need, by=wang, at=at("08:00"))
    credit(lin.person, 150)
    now_is(at("12:30"))
    gives, leads, decides = window(), window(), window(DESK)
    signed_in(gives, lin.person.user, second_factor=False)
    signed_in(leads, leader, second_factor=False)
    signed_in(decides, wang, second_factor=True)

    gives.goto("/timebank/gifts/new/")
    gives.get_by_text(blue.name).first.click()
    gives.get_by_label("送多少分钟").fill("90")
    gives.get_by_role("button", name="看一眼再送").click()
    looks_right(gives)
    gives.get_by_role("button", name="对，就送").click()
    expect(gives.get_by_text(f"送给{blue.name}").first).to_be_visible()

    leads.goto("/timebank/")
    leads.get_by_role("link", name="志愿服务队的时间").click()
    looks_right(leads)
    leads.get_by_role("link", name=blue.name).click()
    expect(leads.get_by_text("1小时30分").first).to_be_visible()
    looks_right(leads)
    leads.get_by_text("有困难的").first.click()
    leads.get_by_label("志愿者编号").fill(he.number)
    leads.get_by_label("捐多少分钟").fill("60")
    leads.get_by_label("为什么").fill("家里有病人")
    leads.get_by_role("button", name="提出，等另一人决定").click()
    expect(leads.get_by_text("捐给何苗")).to_be_visible()
    looks_right(leads)
    assert queries.balance_of(he.person).free_minutes == 0  # until the second person has said yes

    decides.goto("/desk/?kind=minutes")
    expect(decides.locator("#what")).to_contain_text("团队捐出")
    looks_right(decides)
    decides.keyboard.press("a")
    expect(decides.get_by_text("已入账，不能撤销").first).to_be_visible()
    leads.reload()
    expect(leads.get_by_text("余 30分")).to_be_visible()
    looks_right(leads)
    assert queries.balance_of(he.person).free_minutes == 60
