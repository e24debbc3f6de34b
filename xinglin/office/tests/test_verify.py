"""`manage.py verify`: the ledger, and whether the apps know of what is set aside in it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable

import pytest
from django.core.management import call_command

from xinglin.lib import clock
from xinglin.office import verification
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions as timebank
from xinglin.timebank.rules import OpenHold
from xinglin.timebank.tests.factories import NOON, credit

LATER = NOON + dt.timedelta(hours=2)
A, B, C = (OpenHold(f"order:{letter}", 7, 60, LATER) for letter in "ABC")


def said(ledger: Iterable[OpenHold], known: Iterable[OpenHold], at: dt.datetime = NOON) -> list[str]:
    return [str(found) for found in verification.compare(ledger, (("orders", hold) for hold in known), at=at)]


def test_both_sides_alike_say_nothing():
    assert said([A, B, C], [A, B, C]) == []
    assert said([], []) == []


def test_each_side_is_missed_where_the_other_stands():
    assert said([A, C], [B, C]) == [
        "hold order:A: is open in the time bank, and no app knows of it",
        "hold order:B: is open in orders, and not in the time bank",
    ]


@pytest.mark.parametrize(
    ("fact", "value"), [("person_id", 8), ("minutes", 61), ("expires_at", LATER + dt.timedelta(seconds=1))]
)
def test_one_hold_said_two_ways_is_named(fact, value):
    other = OpenHold(**vars(A) | {fact: value})

    [found] = said([A], [other])

    assert fact in found


def test_what_is_past_its_expiry_is_the_sweeps_business():
    assert said([A], [], at=LATER) == []
    assert said([], [A], at=LATER) == []


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    """On a ledger with one hold of an hour."""

    @pytest.fixture(autouse=True)
    def _held(self, now_is: Callable[[dt.datetime], None]) -> None:
        self.person = make_person()
        credit(self.person, 100)
        timebank.hold(person=self.person, minutes=60, origin="order:A", reason="陪诊", expires_at=LATER, at=NOON)
        now_is(NOON)

    def test_a_hold_that_an_app_knows_passes(self, monkeypatch):
        knows = {"benefits": lambda: [], "orders": lambda: [OpenHold("order:A", self.person.pk, 60, LATER)]}
        monkeypatch.setattr(verification, "PLACED_BY", knows)

        code, text = verify()

        assert code == 0
        assert "2 transfers" in text

    def test_a_hold_that_no_app_knows_is_named(self, monkeypatch):
        monkeypatch.setattr(verification, "PLACED_BY", {"orders": lambda: []})

        code, text = verify()

        assert code == 1
        assert "✗ hold order:A: is open in the time bank, and no app knows of it" in text

    def test_what_the_ledger_has_ended_and_an_app_has_not_is_named(self, monkeypatch):
        monkeypatch.setattr(
            verification, "PLACED_BY", {"orders": lambda: [OpenHold("order:A", self.person.pk, 60, LATER)]}
        )
        timebank.settle(origin="order:A", at=NOON)

        code, text = verify()

        assert code == 1
        assert "is open in orders, and not in the time bank" in text
        assert clock.now() == NOON


def verify() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()
