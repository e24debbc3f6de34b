"""Debts: what a reversal could not take back, repaid from what comes in, forgiven by two people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse as url

from conftest import staff
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, queries, verification
from xinglin.timebank.errors import (
    AccountClosed,
    ForgivenessAsked,
    ForgivenessDecided,
    ForgivenessReasonNeeded,
    NothingOwed,
    NotOnesOwnDebt,
    SecondPersonForgives,
)
from xinglin.timebank.models import Account, Debt, Forgiveness, Transfer
from xinglin.timebank.rules import AccountKind, Balance, TakenBack, TransferKind
from xinglin.timebank.tests.factories import NOON, credit, make_account, make_transfer

pytestmark = pytest.mark.django_db
TOMORROW = NOON + dt.timedelta(days=1)


@pytest.fixture
def person() -> Any:
    """Somebody who was credited 100 minutes under record:A and has spent 70 of them."""
    person = make_person()
    credit(person, 100, key="record:A")
    spend(person, 70)
    return person


def spend(person: Any, minutes: int) -> None:
    reserve = Account.objects.filter(kind=AccountKind.RESERVE).first() or make_account(AccountKind.RESERVE)
    [answer] = actions.post(transfers=[make_transfer(member(person), reserve, minutes)], at=NOON)
    assert answer.stands, answer


def member(person: Any) -> Account:
    return Account.objects.get(person=person, kind=AccountKind.MEMBER)


def void(letter: str = "A", *, at: dt.datetime = NOON) -> TakenBack:
    return actions.reverse(
        key=f"record:{letter}", reversal_key=f"void:{letter}", reason="门诊导医", origin=f"record:{letter}", at=at
    )


def faults() -> list[str]:
    return [str(difference) for difference in verification._found(verification.Tally())]


def test_what_is_there_is_taken_back_and_the_rest_is_owed(person):
    back = void()

    assert (back.taken_minutes, back.owed_minutes) == (30, 70)
    assert queries.balance_of(person) == Balance(free_minutes=0, held_minutes=0, owed_minutes=70)
    [debt] = queries.debts_of(person)
    assert (debt.minutes, debt.origin, debt.reason) == (70, "record:A", "门诊导医")
    assert faults() == []


def test_taking_back_twice_is_once(person):
    first = void()

    second = void(at=TOMORROW)

    assert second == first
    assert Debt.objects.count() == 1


def test_where_nothing_is_left_all_of_it_is_owed_and_no_minute_moves(person):
    spend(person, 30)
    count = Transfer.objects.count()

    first, second = void(), void()

    assert first == second == TakenBack(taken_minutes=0, owed_minutes=100, transfer_id=None)
    assert Transfer.objects.count() == count
    assert faults() == []


def test_held_minutes_stay_held_and_repay_when_they_come_back(person):
    actions.hold(person=person, minutes=30, origin="order:A", reason="陪诊", expires_at=TOMORROW, at=NOON)
    void()
    assert queries.balance_of(person) == Balance(0, 30, 100)

    actions.settle(origin="order:A", minutes=10, at=NOON)

    assert queries.balance_of(person) == Balance(0, 0, 80)
    assert faults() == []


def test_the_next_credit_repays_first_and_what_is_more_is_free(person):
    void()

    credit(person, 50, key="record:B")
    assert queries.balance_of(person) == Balance(0, 0, 20)
    credit(person, 50, key="record:C")

    assert queries.balance_of(person) == Balance(30, 0, 0)
    assert queries.debts_of(person) == []
    repaid = [entry.minutes for entry in queries.statement(person) if entry.kind == TransferKind.REPAYMENT]
    assert repaid == [-20, -50]
    assert faults() == []


def test_a_repeated_credit_repays_once(person):
    void()
    credit(person, 50, key="record:B")

    credit(person, 50, key="record:B")

    assert queries.balance_of(person) == Balance(0, 0, 20)


def test_the_oldest_debt_is_repaid_first(person):
    credit(person, 20, key="record:B")
    spend(person, 50)
    void("A")
    void("B")

    credit(person, 110, key="record:C")

    [rest] = queries.debts_of(person)
    assert (rest.key, rest.owed_minutes) == ("void:B", 10)
    assert faults() == []


def test_what_was_repaid_counts_neither_as_earned_nor_as_used(person):
    void()
    credit(person, 100, key="record:B")

    summary = queries.summary_of(person)

    assert (summary.free_minutes, summary.used_minutes, summary.earned_minutes) == (30, 70, 100)


def test_a_batch_for_many_repays_each_of_those_who_owe(person):
    other = make_person()
    credit(other, 10, key="record:B")
    spend(other, 10)
    void("A")
    void("B")

    at_once = [
        make_transfer(Account.objects.get(kind=AccountKind.ISSUANCE), member(who), 40) for who in (person, other)
    ]
    actions.post(transfers=at_once, at=NOON)

    assert queries.balance_of(person) == Balance(0, 0, 30)
    assert queries.balance_of(other) == Balance(30, 0, 0)
    assert faults() == []


def test_a_gift_taken_back_is_owed_to_the_giver_whose_own_debt_it_repays(person):
    other = make_person()
    credit(other, 40, key="record:B")
    actions.post(transfers=[make_transfer(member(other), member(person), 40, key="gift")], at=NOON)
    spend(person, 70)
    void("B")  # the giver owes 40
    actions.reverse(key="gift", reversal_key="back:gift", reason="", origin="", at=NOON)

    credit(person, 40, key="record:C")

    assert queries.balance_of(person).owed_minutes == 0
    assert queries.balance_of(other) == Balance(0, 0, 0)
    assert faults() == []


def test_a_closed_account_is_not_taken_from(person):
    Account.objects.filter(person=person).update(closed_at=NOON)

    with pytest.raises(AccountClosed):
        void()

    assert not Debt.objects.exists()


def test_the_statement_says_what_is_owed_in_plain_words(person, client, sign_in):
    void()

    page = sign_in(client, person.user, second_factor=False).get(url("timebank:statement")).content.decode()

    assert "有 1小时10分 要补上" in page


# Forgiving --------------------------------------------------------------------------------------------------------


@pytest.fixture
def wang(bureau) -> Any:
    """王敏 coordinates at the root: these persons belong to no unit."""
    return staff(name="王敏", login_name="wangmin", role="coordinator", unit=bureau)


@pytest.fixture
def zhao(bureau) -> Any:
    return staff(name="赵岩", login_name="zhaoyan", role="reviewer", unit=bureau)


@pytest.fixture
def debt(person) -> Debt:
    void()
    return Debt.objects.get()


def test_two_people_forgive_what_is_still_owed(person, debt, wang, zhao):
    credit(person, 20, key="record:B")

    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    assert list(queries.waiting_forgivenesses()) == [asked]
    decided = actions.forgive(forgiveness=asked, by=zhao, at=TOMORROW)

    assert decided.forgiven_minutes == 50
    assert queries.balance_of(person) == Balance(0, 0, 0)
    assert list(queries.waiting_forgivenesses()) == []
    credit(person, 30, key="record:C")
    assert queries.balance_of(person).free_minutes == 30
    assert faults() == []


def test_asking_and_deciding_twice_is_once(debt, wang, zhao):
    asked = [actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON) for _ in range(2)]
    decided = [actions.forgive(forgiveness=asked[0], by=zhao, at=NOON) for _ in range(2)]

    assert asked[0] == asked[1]
    assert decided[0] == decided[1]
    assert Debt.objects.get().forgiven_minutes == 70


def test_whoever_asked_does_not_decide_and_who_owes_does_neither(person, debt, wang, zhao):
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)

    with pytest.raises(SecondPersonForgives):
        actions.forgive(forgiveness=asked, by=wang, at=NOON)
    with pytest.raises(SecondPersonForgives):
        actions.decline_to_forgive(forgiveness=asked, by=wang, at=NOON)
    for verb in (actions.forgive, actions.decline_to_forgive):
        with pytest.raises(NotOnesOwnDebt):
            verb(forgiveness=asked, by=person.user, at=NOON)
    with pytest.raises(NotOnesOwnDebt):
        actions.ask_to_forgive(debt=debt, by=person.user, reason="求求您", at=NOON)
    with pytest.raises(ForgivenessAsked):
        actions.ask_to_forgive(debt=debt, by=zhao, reason="家里困难", at=NOON)

    assert queries.balance_of(person).owed_minutes == 70


def test_a_declined_debt_stays_and_may_be_asked_for_again(person, debt, wang, zhao):
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    actions.decline_to_forgive(forgiveness=asked, by=zhao, at=NOON)

    with pytest.raises(ForgivenessDecided):
        actions.forgive(forgiveness=asked, by=zhao, at=NOON)
    again = actions.ask_to_forgive(debt=debt, by=zhao, reason="真的困难", at=NOON)
    actions.forgive(forgiveness=again, by=wang, at=NOON)

    assert queries.balance_of(person).owed_minutes == 0
    assert faults() == []


def test_forgiving_takes_a_reason_and_something_owed(person, debt, wang):
    with pytest.raises(ForgivenessReasonNeeded):
        actions.ask_to_forgive(debt=debt, by=wang, reason=" ", at=NOON)
    credit(person, 70, key="record:B")
    with pytest.raises(NothingOwed):
        actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)


def test_what_was_repaid_meanwhile_is_not_forgiven_too(person, debt, wang, zhao):
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)
    credit(person, 70, key="record:B")

    first, second = (actions.forgive(forgiveness=asked, by=zhao, at=NOON) for _ in range(2))

    assert first.forgiven_minutes == second.forgiven_minutes == 0
    assert faults() == []


def test_the_database_refuses_one_person_for_both(debt, wang):
    asked = actions.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOON)

    with pytest.raises(IntegrityError, match="forgiven_by_a_second_person"), transaction.atomic():
        Forgiveness.objects.filter(pk=asked.pk).update(decided_by=wang, decided_at=NOON, is_granted=True)
    with pytest.raises(IntegrityError, match="debt_never_overpaid"), transaction.atomic():
        Debt.objects.filter(pk=debt.pk).update(forgiven_minutes=71)
