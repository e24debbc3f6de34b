"""Holds: set aside, and ended once – settled in part or in full, released, or expired."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions, jobs, queries, verification
from xinglin.timebank.errors import (
    AccountClosed,
    AlreadyHeld,
    HoldEnded,
    MoreThanHeld,
    NoSuchHold,
    NotEnoughMinutes,
)
from xinglin.timebank.models import Account, OpenHold, Transfer
from xinglin.timebank.rules import AccountKind, Balance, HoldEnd
from xinglin.timebank.rules import OpenHold as Listed
from xinglin.timebank.tests.factories import NOON, credit, make_account

pytestmark = pytest.mark.django_db
TOMORROW = NOON + dt.timedelta(days=1)


@pytest.fixture
def person() -> Any:
    """Somebody with 100 minutes."""
    person = make_person()
    credit(person, 100)
    return person


def hold(person: Any, minutes: int = 60, *, origin: str = "order:A", **fields: Any) -> Any:
    asked = {"reason": "陪诊", "expires_at": TOMORROW, "at": NOON} | fields
    return actions.hold(person=person, minutes=minutes, origin=origin, **asked)


def faults() -> list[str]:
    with_snapshot = verification._found(verification.Tally())  # without the snapshot: we are inside a transaction
    return [str(difference) for difference in with_snapshot]


def test_a_hold_sets_minutes_aside_until_its_end(person):
    held = hold(person, 60)

    assert held.is_open
    assert (held.person_id, held.minutes, held.expires_at) == (person.pk, 60, TOMORROW)
    assert queries.balance_of(person) == Balance(free_minutes=40, held_minutes=60)
    assert list(queries.open_holds()) == [Listed("order:A", person.pk, 60, TOMORROW)]
    assert queries.hold_of("order:A") == held
    assert queries.hold_of("order:B") is None
    assert faults() == []


def test_holding_twice_is_once_even_if_the_repeat_counts_its_expiry_anew(person):
    first = hold(person, 60)

    second = hold(person, 60, expires_at=TOMORROW + dt.timedelta(hours=1), at=NOON + dt.timedelta(hours=1))

    assert second == first
    assert queries.balance_of(person).held_minutes == 60


@pytest.mark.parametrize("change", [{"minutes": 61}, {"reason": "送药"}, {"person": "other"}])
def test_another_content_under_the_same_origin_is_refused(person, change):
    hold(person, 60)
    other = make_person()
    credit(other, 100)

    with pytest.raises(AlreadyHeld):
        hold(other if change.pop("person", None) else person, change.pop("minutes", 60), **change)

    assert queries.balance_of(person).held_minutes == 60
    assert queries.balance_of(other) == Balance(100, 0)


def test_no_more_is_held_than_is_free_and_the_refusal_says_how_much_that_is(person):
    hold(person, 60)

    with pytest.raises(NotEnoughMinutes) as refused:
        hold(person, 41, origin="order:B")

    assert "40分" in str(refused.value)
    assert "41分" in str(refused.value)
    assert hold(person, 40, origin="order:B").is_open


def test_who_never_served_has_nothing_to_hold():
    with pytest.raises(NotEnoughMinutes):
        hold(make_person(), 1)

    assert not OpenHold.objects.exists()


def test_a_closed_account_holds_nothing(person):
    Account.objects.filter(person=person).update(closed_at=NOON)

    with pytest.raises(AccountClosed):
        hold(person)


def test_settling_all_retires_the_minutes(person):
    hold(person, 60)

    ended = actions.settle(origin="order:A", at=NOON)

    assert (ended.end, ended.settled_minutes) == (HoldEnd.SETTLED, 60)
    assert queries.balance_of(person) == Balance(40, 0)
    assert Transfer.objects.get(key="end:order:A").payee_id == Account.objects.get(kind=AccountKind.ISSUANCE).pk
    assert list(queries.open_holds()) == []
    assert faults() == []


def test_settling_a_part_pays_whom_it_should_and_gives_the_rest_back_at_once(person, hospital):
    pool = make_account(AccountKind.POOL, unit=hospital)
    hold(person, 60)

    ended = actions.settle(origin="order:A", minutes=25, payee_id=pool.pk, at=NOON)

    pool.refresh_from_db()
    assert (ended.end, ended.settled_minutes) == (HoldEnd.SETTLED, 25)
    assert pool.balance_minutes == 25
    assert queries.balance_of(person) == Balance(75, 0)
    assert faults() == []


@pytest.mark.parametrize("minutes", [0, -1, 61])
def test_no_more_is_settled_than_was_held_and_never_nothing(person, minutes):
    hold(person, 60)

    with pytest.raises(MoreThanHeld):
        actions.settle(origin="order:A", minutes=minutes, at=NOON)

    assert queries.hold_of("order:A").is_open


def test_releasing_gives_all_back(person):
    hold(person, 60)

    ended = actions.release(origin="order:A", at=NOON)

    assert (ended.end, ended.settled_minutes) == (HoldEnd.RELEASED, 0)
    assert queries.balance_of(person) == Balance(100, 0)
    assert queries.summary_of(person).used_minutes == 0
    assert faults() == []


def test_an_unknown_origin_has_no_hold():
    with pytest.raises(NoSuchHold):
        actions.settle(origin="order:Z", at=NOON)
    with pytest.raises(NoSuchHold):
        actions.release(origin="order:Z", at=NOON)


ENDS = {
    "settle": lambda: actions.settle(origin="order:A", at=NOON),
    "part": lambda: actions.settle(origin="order:A", minutes=25, at=NOON),
    "other part": lambda: actions.settle(origin="order:A", minutes=26, at=NOON),
    "release": lambda: actions.release(origin="order:A", at=NOON),
}


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_a_hold_ends_once_and_the_same_end_again_is_answered_as_before(person, first, second):
    hold(person, 60)
    hold(person, 40, origin="order:B")  # held minutes that a second end must not take
    before = ENDS[first]()

    if first == second:
        assert ENDS[second]() == before
    else:
        with pytest.raises(HoldEnded):
            ENDS[second]()

    assert queries.hold_of("order:A") == before
    assert queries.balance_of(person).held_minutes == 40
    assert faults() == []


def test_a_repeat_of_the_hold_after_its_end_tells_how_it_ended(person):
    hold(person, 60)
    ended = actions.settle(origin="order:A", minutes=25, at=NOON)

    assert hold(person, 60) == ended
    assert not OpenHold.objects.exists()


def test_the_sweep_ends_what_is_due_and_nothing_else(person):
    hold(person, 10, origin="order:A", expires_at=TOMORROW)
    hold(person, 20, origin="order:B", expires_at=TOMORROW + dt.timedelta(seconds=1))
    hold(person, 30, origin="order:C", expires_at=TOMORROW)
    actions.settle(origin="order:C", at=NOON)

    swept, again = (actions.expire_holds(at=TOMORROW) for _ in range(2))

    assert (swept, again) == (1, 0)
    assert queries.hold_of("order:A").end == HoldEnd.EXPIRED
    assert [listed.origin for listed in queries.open_holds()] == ["order:B"]
    assert queries.balance_of(person) == Balance(50, 20)
    assert queries.summary_of(person).used_minutes == 30
    assert faults() == []


def test_the_sweep_takes_a_round_at_a_time_and_the_oldest_first(person):
    for number in range(5):
        hold(person, 10, origin=f"order:{number}", expires_at=TOMORROW - dt.timedelta(minutes=number))

    assert actions.expire_holds(at=TOMORROW, limit=2) == 2
    assert [listed.origin for listed in queries.open_holds()] == ["order:0", "order:1", "order:2"]


def test_from_its_expiry_on_a_hold_cannot_be_settled_swept_or_not(person):
    hold(person, 60)
    a_moment_before = TOMORROW - dt.timedelta(microseconds=1)

    with pytest.raises(HoldEnded) as refused:
        actions.settle(origin="order:A", at=TOMORROW)
    assert "过期" in str(refused.value)

    assert actions.settle(origin="order:A", at=a_moment_before).end == HoldEnd.SETTLED


def test_a_settlement_repeated_after_the_expiry_is_still_the_same(person):
    hold(person, 60)
    before = actions.settle(origin="order:A", at=NOON)

    assert actions.settle(origin="order:A", at=TOMORROW) == before


def test_what_has_expired_may_be_released_until_the_sweep_has_come(person):
    hold(person, 30, origin="order:A")
    hold(person, 30, origin="order:B")

    released = actions.release(origin="order:A", at=TOMORROW)
    actions.expire_holds(at=TOMORROW)

    assert released.end == HoldEnd.RELEASED
    with pytest.raises(HoldEnded) as refused:
        actions.release(origin="order:B", at=TOMORROW)
    assert "过期" in str(refused.value)
    assert queries.balance_of(person) == Balance(100, 0)


def test_the_job_sweeps_by_the_clock(person, now_is):
    hold(person, 60)
    now_is(TOMORROW)

    assert jobs.expire_holds(timestamp=0) == 1
    assert queries.balance_of(person) == Balance(100, 0)


def test_a_statement_shows_a_hold_and_what_came_back(person):
    hold(person, 60)
    actions.settle(origin="order:A", minutes=25, at=NOON)
    hold(person, 10, origin="order:B")
    actions.expire_holds(at=TOMORROW)

    held = [(entry.kind, entry.minutes) for entry in queries.statement(person, only="held")]

    assert held == [("lapse", 10), ("hold", -10), ("release", 35), ("hold", -60)]
    assert [entry.minutes for entry in queries.statement(person, only="in")] == [100]
