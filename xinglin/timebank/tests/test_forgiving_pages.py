"""Forgiving at the desk: seen by whom it concerns, asked with a reason, decided by a second person among what waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conftest import at, staff
from xinglin.audit.models import Entry
from xinglin.organisation.errors import MayNot
from xinglin.timebank import actions, owing
from xinglin.timebank.models import Debt, Forgiveness
from xinglin.timebank.tests.factories import NOON, credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def debt(lin) -> Debt:
    """林晓 owes 40 minutes."""
    credit(lin.person, 40, key="record:A")
    actions.hold(person=lin.person, minutes=40, origin="x:1", reason="", expires_at=at("12:00", days=2), at=NOON)
    actions.settle(origin="x:1", at=NOON)
    actions.reverse(key="record:A", reversal_key="void:A", reason="门诊导医", origin="record:A", at=NOON)
    return Debt.objects.get()


@pytest.fixture
def zhou(association) -> Any:
    """周正 coordinates another hospital."""
    from conftest import _below, _unit

    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    return staff(name="周正", login_name="zhou", role="coordinator", unit=elsewhere)


def test_asked_at_the_desk_and_decided_among_what_waits(client, sign_in, debt, wang, zhao, blue, hospital, now_is):
    now_is(at("12:00"))
    page = reverse("timebank:debt", args=[debt.code])
    sign_in(client, wang)
    listed = client.get(reverse("timebank:debts")).text
    wrong = client.post(page, {"reason": " "})
    client.post(page, {"reason": "家里困难"})
    asked = Forgiveness.objects.get()
    own = client.get(reverse("home:desk"), {"kind": "forgiveness"}).text

    sign_in(client, zhao)
    waiting = client.get(reverse("home:desk"), {"kind": "forgiveness"}).text
    client.post(reverse("home:decide", args=["forgiveness", asked.code]), {"verb": "forgive"})

    debt.refresh_from_db()
    assert "林晓" in listed
    assert wrong.status_code == 422
    assert "免还 40分" not in own
    assert "免还 40分" in waiting
    assert debt.forgiven_minutes == 40
    assert "没有人欠时间" in client.get(reverse("timebank:debts")).text
    assert "已经免还" in client.get(page).text
    entries = Entry.objects.filter(thing=debt.thing, verb__in=["asked_to_forgive", "forgave_debt"])
    assert {entry.unit_path for entry in entries} == {blue.path}


def test_declined_the_debt_stays_and_the_page_says_so(client, sign_in, debt, wang, zhao, now_is):
    now_is(at("12:00"))
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)

    sign_in(client, zhao)
    answer = client.post(reverse("home:decide", args=["forgiveness", asked.code]), {"verb": "decline"}, follow=True)

    assert "没有同意" in client.get(reverse("timebank:debt", args=[debt.code])).text
    assert answer.status_code == 200
    assert Debt.objects.get().owed_minutes == 40


def test_while_one_waits_nobody_asks_again(client, sign_in, debt, wang, zhao):
    actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    sign_in(client, zhao)

    page = client.get(reverse("timebank:debt", args=[debt.code])).text

    assert "已经有人提出，等另一人决定" in page
    assert "提出免还，等另一人决定" not in page


def test_another_house_neither_sees_nor_forgives_it(client, sign_in, debt, wang, zhou):
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    sign_in(client, zhou)

    assert "林晓" not in client.get(reverse("timebank:debts")).text
    assert client.get(reverse("timebank:debt", args=[debt.code])).status_code == 404
    for verb in (actions.forgive, actions.decline_to_forgive):
        with pytest.raises(MayNot):
            verb(forgiveness=asked, by=zhou, at=NOON)
    with pytest.raises(MayNot):
        actions.ask_to_forgive(debt=debt, by=zhou, reason="家里困难", at=NOON)


def test_who_belongs_nowhere_is_forgiven_at_the_root(lin, debt, wang, bureau):
    lin.memberships.update(left_on=at("12:00").date())
    qian = staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)

    assert list(owing.owed_seen_by(wang)) == []
    assert list(owing.owed_seen_by(qian)) == [debt]
    with pytest.raises(MayNot):
        actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    assert actions.ask_to_forgive(debt=debt, by=qian, reason="家里困难", at=NOON).debt == debt
