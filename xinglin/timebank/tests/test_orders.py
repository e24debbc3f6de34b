"""Who pays for an order: nobody, the requester to the volunteer, or the requester to the bank. Each once, and back."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from typing import Any

import pytest

from conftest import at, member
from xinglin.lib.errors import Refusal
from xinglin.lib.whole_person import Whole
from xinglin.organisation.models import Policy
from xinglin.timebank import actions, person, queries, verification
from xinglin.timebank.errors import HoldEnded, NotEnoughMinutes, NotOnesOwnOrder
from xinglin.timebank.models import Account, Debt, Transfer
from xinglin.timebank.reckoning import Terms
from xinglin.timebank.rules import AccountKind, Balance, OrderPaid, OrderPayment, Service
from xinglin.timebank.tests.factories import credit
from xinglin.timebank.tests.test_races import at_once

pytestmark = pytest.mark.django_db
NOW = at("12:00")
ORDER = "order:A"


@pytest.fixture
def chen(blue) -> Any:
    """陈奶奶 asks, and has 100 minutes."""
    chen = member(name="陈奶奶", number="V000007", phone="13800000007", unit=blue)
    credit(chen.person, 100)
    return chen


def set_payment(unit: Any, payment: OrderPayment) -> None:
    Policy.objects.create(unit=unit, name="order_payment", value=payment.value, starts_at=at("00:00", days=-10))


def place(requester: Any, minutes: int = 60, *, origin: str = ORDER, when: dt.datetime = NOW) -> Any:
    return actions.hold_for_order(requester=requester.person, minutes=minutes, origin=origin, reason="陪诊", at=when)


def service_of(volunteer: Any, minutes: int = 60, *, key: str = "record:S", **terms: Any) -> Service:
    said = {"reason": "陪诊", "origin": key, "day": dt.date(2026, 11, 24)}
    return Service(person_id=volunteer.person.pk, key=key, minutes=minutes, terms=Terms(**terms), **said)


def finish(volunteer: Any, minutes: int = 60, *, payment: OrderPayment, when: dt.datetime = NOW, **terms: Any) -> Any:
    service = service_of(volunteer, minutes, **terms)
    return actions.settle_order(origin=ORDER, service=service, payment=payment, at=when)


def take_back() -> Any:
    return actions.take_back_order(origin=ORDER, reversal_key="back:A", reason="记错", at=NOW)


def debts_in_copy_of(volunteer: Any) -> list[Any]:
    who = Whole(user=volunteer.person.user, person=volunteer.person, volunteer=volunteer)
    [section] = [section for section in person.export(who, NOW) if section.name == "debts"]
    return section.rows


def balance(volunteer: Any) -> Balance:
    return queries.balance_of(volunteer.person)


def issued() -> int:
    return -queries.balance_of_unlimited(Account.objects.get(kind=AccountKind.ISSUANCE).pk)


def faults() -> list[str]:
    return [str(difference) for difference in verification._found(verification.Tally())]


def test_where_nobody_pays_nothing_is_set_aside_and_the_volunteer_is_credited(lin, chen):
    held = place(chen)

    paid = finish(lin, payment=OrderPayment.NOBODY)

    assert held is None
    assert paid == OrderPaid("record:S", 0, 60, 0)
    assert (balance(chen), balance(lin), issued()) == (Balance(100), Balance(60), 160)


def test_the_requester_pays_the_volunteer_and_the_rest_comes_back(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    place(chen, 60)

    paid = finish(lin, 45, payment=OrderPayment.VOLUNTEER)

    assert paid == OrderPaid("end:order:A", 45, 45, 0)
    assert (balance(chen), balance(lin), issued()) == (Balance(55), Balance(45), 100)
    assert faults() == []


def test_the_requester_pays_the_bank_and_the_volunteer_is_credited_by_the_rate(lin, chen, hospital):
    set_payment(hospital, OrderPayment.BANK)
    place(chen, 60)

    paid = finish(lin, 60, payment=OrderPayment.BANK, rate_percent=150)

    assert paid == OrderPaid("record:S", 60, 90, 0)
    assert (balance(chen), balance(lin), issued()) == (Balance(40), Balance(90), 130)
    assert faults() == []


@pytest.mark.parametrize("payment", [OrderPayment.VOLUNTEER, OrderPayment.BANK])
def test_nobody_pays_more_than_was_set_aside_and_nothing_for_nothing(lin, chen, hospital, payment):
    set_payment(hospital, payment)
    place(chen, 30)

    paid = finish(lin, 50, payment=payment)

    assert paid.paid_minutes == 30
    assert balance(chen) == Balance(70)
    place(chen, 30, origin="order:B")
    none = actions.settle_order(origin="order:B", service=service_of(lin, 0, key="record:N"), payment=payment, at=NOW)
    assert none == OrderPaid("record:N")
    assert balance(chen) == Balance(70)


def test_above_the_volunteers_cap_it_goes_to_overflow(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    credit(lin.person, 100)
    place(chen, 60)

    paid = finish(lin, 60, payment=OrderPayment.VOLUNTEER, cap_minutes=120, overflow_unit_id=hospital.pk)

    assert paid == OrderPaid("end:order:A", 60, 20, 40)
    assert (balance(lin), queries.overflow_of(hospital)) == (Balance(120), 40)
    assert faults() == []


@pytest.mark.parametrize("payment", list(OrderPayment))
def test_settling_twice_is_once_even_when_the_volunteer_holds_more_by_then(lin, chen, hospital, payment):
    set_payment(hospital, payment)
    place(chen)
    terms = {"cap_minutes": 90}
    first = finish(lin, payment=payment, **terms)
    credit(lin.person, 10)
    before = Transfer.objects.count()

    second = finish(lin, payment=payment, when=NOW + dt.timedelta(hours=1), **terms)

    assert second == first
    assert Transfer.objects.count() == before


def test_an_order_that_ended_otherwise_is_not_paid(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    place(chen)
    actions.release(origin=ORDER, at=NOW)

    for payment in (OrderPayment.VOLUNTEER, OrderPayment.BANK):
        with pytest.raises(HoldEnded):
            finish(lin, payment=payment)

    assert (balance(chen), balance(lin)) == (Balance(100), Balance(0))


def test_its_minutes_are_set_aside_for_as_long_as_the_policy_says(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    Policy.objects.create(unit=hospital, name="order_hold_days", value=3, starts_at=at("00:00", days=-10))

    held = place(chen)

    assert held.expires_at == NOW + dt.timedelta(days=3)
    with pytest.raises(HoldEnded):
        finish(lin, payment=OrderPayment.VOLUNTEER, when=NOW + dt.timedelta(days=3))
    actions.expire_holds(at=NOW + dt.timedelta(days=3))
    assert balance(chen) == Balance(100)


def test_nobody_is_paid_for_an_order_of_their_own_and_nobody_orders_beyond_their_minutes(chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    with pytest.raises(NotEnoughMinutes):
        place(chen, 101)
    place(chen)

    with pytest.raises(NotOnesOwnOrder):
        finish(chen, payment=OrderPayment.VOLUNTEER)


def test_a_service_that_no_longer_counts_is_paid_back_to_the_requester_by_the_volunteer(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    place(chen)
    finish(lin, payment=OrderPayment.VOLUNTEER, cap_minutes=50)
    assert balance(lin) == Balance(50)

    taken = take_back()

    assert take_back() == taken
    assert (taken.taken_minutes, taken.owed_minutes) == (60, 0)
    assert (balance(chen), balance(lin), queries.overflow_of()) == (Balance(100), Balance(0), 0)
    assert faults() == []


def test_what_the_volunteer_has_spent_is_owed_to_the_requester_and_repaid_to_them(lin, chen, hospital):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    place(chen)
    finish(lin, payment=OrderPayment.VOLUNTEER)
    actions.hold(person=lin.person, minutes=50, origin="x:1", reason="", expires_at=at("12:00", days=1), at=NOW)
    actions.settle(origin="x:1", at=NOW)

    taken = take_back()

    assert (taken.taken_minutes, taken.owed_minutes) == (10, 50)
    assert balance(chen) == Balance(50)
    assert Debt.objects.get().creditor == Account.objects.get(person=chen.person, kind=AccountKind.MEMBER)
    assert [row["why"] for row in debts_in_copy_of(lin)] == ["记错"]
    assert [row["why"] for row in debts_in_copy_of(chen)] == [""], "why they owe is the volunteer's own"
    credit(lin.person, 50)
    assert (balance(chen), balance(lin)) == (Balance(100), Balance(0))
    assert faults() == []


def test_where_the_bank_was_paid_it_pays_back_and_takes_the_credit_back(lin, chen, hospital):
    set_payment(hospital, OrderPayment.BANK)
    place(chen)
    finish(lin, payment=OrderPayment.BANK)

    take_back()
    actions.take_back_service(
        key="record:S", minutes=60, reversal_key="void:S", reason="记错", origin="record:S", at=NOW
    )

    assert (balance(chen), balance(lin), issued()) == (Balance(100), Balance(0), 100)
    assert faults() == []


def test_where_the_requester_paid_nothing_there_is_nothing_to_give_back(lin, chen):
    place(chen)
    finish(lin, payment=OrderPayment.NOBODY)

    assert take_back() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
def test_two_who_serve_each_other_at_once_are_both_paid_and_nobody_waits_for_ever(lin, chen, hospital, seed):
    set_payment(hospital, OrderPayment.VOLUNTEER)
    credit(lin.person, 100)

    def deal(number: int) -> None:
        mine = random.Random(100 * seed + number)
        asker, helper = (lin, chen) if number % 2 else (chen, lin)
        origin, payment = f"order:{number}", mine.choice([OrderPayment.VOLUNTEER, OrderPayment.BANK])
        with contextlib.suppress(Refusal):
            place(asker, mine.randint(5, 20), origin=origin)
            service = service_of(helper, mine.randint(5, 20), key=f"record:{number}", cap_minutes=150)
            actions.settle_order(origin=origin, service=service, payment=payment, at=NOW)
            if mine.random() < 0.4:
                actions.take_back_order(origin=origin, reversal_key=f"back:{number}", reason="", at=NOW)

    at_once(deal, 16)

    assert list(verification.differences(verification.Tally())) == []
    assert Transfer.objects.filter(kind="settle").exists()
