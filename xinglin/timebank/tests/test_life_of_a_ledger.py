"""The whole bank against a ledger of plain Python: credits, holds and their ends, reversals, debts, repeats, conflicts.

One machine draws what happens next; after each step both must say the same. Then the same deeds are done by threads at
once, where no plain ledger can tell the order: what must hold then are the invariants.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from xinglin.lib.errors import Refusal
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, beside_the_log, queries, verification
from xinglin.timebank.models import Transfer
from xinglin.timebank.rules import Balance, Outcome, Service
from xinglin.timebank.tests.factories import NOON

PERSONS = 2
HOUR = dt.timedelta(hours=1)
who = st.integers(0, PERSONS - 1)
record = st.integers(0, 5)
order = st.integers(0, 5)
some = st.integers(1, 60)
hours_on = st.integers(0, 6)


@dataclass
class Plain:
    """The bank as one would explain it at a counter."""

    free: list[int] = field(default_factory=lambda: [0] * PERSONS)
    credits: dict[int, tuple[int, int]] = field(default_factory=dict)  # record → person, minutes
    voided: dict[int, tuple[int, int]] = field(default_factory=dict)  # record → taken, owed at that moment
    debts: list[list[int]] = field(default_factory=list)  # person, still owed; the oldest first
    holds: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # order → person, minutes, expires (hour)
    ends: dict[int, tuple[str, int]] = field(default_factory=dict)  # order → how, used

    def come_in(self, person: int, minutes: int) -> None:
        self.free[person] += minutes
        for debt in self.debts:
            if debt[0] == person:
                paid = min(debt[1], self.free[person])
                debt[1] -= paid
                self.free[person] -= paid

    def credit(self, person: int, number: int, minutes: int) -> str:
        if number in self.credits:
            return "already_posted" if self.credits[number] == (person, minutes) else "conflict"
        self.credits[number] = (person, minutes)
        self.come_in(person, minutes)
        return "posted"

    def void(self, number: int) -> tuple[int, int] | str:
        if number not in self.credits:
            return "not_in_the_ledger"
        if number not in self.voided:
            person, minutes = self.credits[number]
            taken = min(minutes, self.free[person])
            self.free[person] -= taken
            self.voided[number] = (taken, minutes - taken)
            self.debts.append([person, minutes - taken])
        return self.voided[number]

    def hold(self, person: int, number: int, minutes: int, expires: int) -> str:
        if number in self.holds:
            return "held" if self.holds[number][:2] == (person, minutes) else "already_held"
        if self.free[person] < minutes:
            return "not_enough_minutes"
        self.free[person] -= minutes
        self.holds[number] = (person, minutes, expires)
        return "held"

    def end(self, number: int, how: str, used: int, hour: int) -> str:
        if number not in self.holds:
            return "no_such_hold"
        person, minutes, expires = self.holds[number]
        if how == "settled" and not 0 < used <= minutes:
            return "more_than_held"
        if number in self.ends:
            return how if self.ends[number] == (how, used) else "hold_ended"
        if how == "settled" and hour >= expires:
            return "hold_ended"
        self.ends[number] = (how, used)
        self.come_in(person, minutes - used)
        return how

    def sweep(self, hour: int) -> int:
        due = [number for number, hold in self.holds.items() if number not in self.ends and hold[2] <= hour]
        for number in due:
            self.end(number, "expired", 0, hour)
        return len(due)

    def balance(self, person: int) -> Balance:
        held = sum(hold[1] for number, hold in self.holds.items() if hold[0] == person and number not in self.ends)
        return Balance(self.free[person], held, sum(owed for debtor, owed in self.debts if debtor == person))


class Bank(RuleBasedStateMachine):
    """Both banks, told the same."""

    def __init__(self) -> None:
        super().__init__()
        self.plain, self.hour = Plain(), 0
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people = [make_person() for _ in range(PERSONS)]

    def teardown(self) -> None:
        try:
            assert list(verification._found(verification.Tally())) == []
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(person=who, number=record, minutes=some)
    def credit(self, person: int, number: int, minutes: int) -> None:
        assert credit(self.people[person], number, minutes) == self.plain.credit(person, number, minutes)

    @rule(number=record)
    def void(self, number: int) -> None:
        assert said(lambda: void(number)) == self.plain.void(number)

    @rule(person=who, number=order, minutes=some, hours=st.integers(1, 4))
    def hold(self, person: int, number: int, minutes: int, hours: int) -> None:
        answer = said(lambda: hold(self.people[person], number, minutes, hour=self.hour, hours=hours))
        assert answer == self.plain.hold(person, number, minutes, self.hour + hours)

    @rule(number=order, minutes=st.one_of(st.none(), some))
    def settle(self, number: int, minutes: int | None) -> None:
        used = minutes if minutes is not None else self.plain.holds.get(number, (0, 0))[1]
        answer = said(lambda: settle(number, minutes, hour=self.hour))
        assert answer == self.plain.end(number, "settled", used, self.hour)

    @rule(number=order)
    def release(self, number: int) -> None:
        assert said(lambda: release(number, hour=self.hour)) == self.plain.end(number, "released", 0, self.hour)

    @rule(hours=hours_on)
    def time_goes_on_and_the_sweep_comes(self, hours: int) -> None:
        self.hour += hours
        if hours % 2 == 0:  # now and then it comes late
            assert actions.expire_holds(at=NOON + self.hour * HOUR) == self.plain.sweep(self.hour)

    @invariant()
    def both_say_the_same(self) -> None:
        for person in range(PERSONS):
            assert queries.balance_of(self.people[person]) == self.plain.balance(person)
        still_open = sorted(f"order:{number}" for number in self.plain.holds.keys() - self.plain.ends.keys())
        assert [hold.origin for hold in queries.open_holds()] == still_open


@pytest.mark.django_db
def test_the_bank_says_what_a_plain_one_says():
    steps = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))

    run_state_machine_as_test(Bank, settings=steps)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_threads_do_at_once_the_bank_is_right_afterwards(seed):
    people = [make_person() for _ in range(PERSONS)]

    def work(number: int) -> None:
        mine = random.Random(seed * 100 + number)
        deeds: list[Callable[[], Any]] = [
            lambda: credit(mine.choice(people), mine.randrange(12), mine.choice([20, 30])),
            lambda: void(mine.randrange(12)),
            lambda: hold(mine.choice(people), mine.randrange(12), mine.choice([5, 10]), hour=0, hours=2),
            lambda: settle(mine.randrange(12), mine.choice([None, 3]), hour=1),
            lambda: release(mine.randrange(12), hour=1),
            lambda: actions.expire_holds(at=NOON + 2 * HOUR, limit=2),
        ]
        try:
            for _ in range(20):
                with contextlib.suppress(Refusal):
                    mine.choices(deeds, weights=[4, 1, 4, 2, 1, 1])[0]()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert list(verification.differences(verification.Tally())) == []
    assert list(beside_the_log.differences()) == []
    assert Transfer.objects.exists()
    for person in people:
        balance = queries.balance_of(person)
        assert min(balance.free_minutes, balance.held_minutes, balance.owed_minutes) >= 0
        assert balance.owed_minutes == 0 or balance.free_minutes == 0  # who owes has nothing to spend


# ── The deeds ──


def credit(person: Any, number: int, minutes: int) -> str:
    key = f"record:{number}"
    service = Service(person_id=person.pk, key=key, minutes=minutes, reason="导医", origin=key)
    [answer] = actions.credit_service(services=[service], at=NOON)
    assert answer.outcome != Outcome.REFUSED
    return str(answer.outcome)


def void(number: int) -> tuple[int, int]:
    key = f"record:{number}"
    back = actions.reverse(key=key, reversal_key=f"void:{number}", reason="导医", origin=key, at=NOON)
    return back.taken_minutes, back.owed_minutes


def hold(person: Any, number: int, minutes: int, *, hour: int, hours: int) -> str:
    at = NOON + hour * HOUR
    asked = {"person": person, "minutes": minutes, "origin": f"order:{number}", "reason": "陪诊"}
    actions.hold(**asked, expires_at=at + hours * HOUR, at=at)
    return "held"


def settle(number: int, minutes: int | None, *, hour: int) -> str:
    return str(actions.settle(origin=f"order:{number}", minutes=minutes, at=NOON + hour * HOUR).end)


def release(number: int, *, hour: int) -> str:
    return str(actions.release(origin=f"order:{number}", at=NOON + hour * HOUR).end)


def said(deed: Callable[[], Any]) -> Any:
    """The answer, or the code of the refusal."""
    try:
        return deed()
    except Refusal as refusal:
        return refusal.code
