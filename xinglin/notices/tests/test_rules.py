"""When a notice may go out, and what becomes of a try: no database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import at
from xinglin.notices import rules
from xinglin.notices.rules import Outlook, Quiet, State, Step

NIGHT = Quiet(dt.time(22), dt.time(7))


@pytest.mark.parametrize(
    ("time", "until"),
    [
        ("21:59", None),
        ("22:00", at("07:00", days=1)),
        ("23:59", at("07:00", days=1)),
        ("00:00", at("07:00")),
        ("06:59", at("07:00")),
        ("07:00", None),
    ],
)
def test_the_quiet_of_a_night_passes_over_midnight(time, until):
    assert rules.quiet_until(at(time), NIGHT) == until


@pytest.mark.parametrize(("time", "until"), [("12:59", None), ("13:00", at("15:00")), ("15:00", None)])
def test_a_nap_ends_on_the_same_day(time, until):
    assert rules.quiet_until(at(time), Quiet(dt.time(13), dt.time(15))) == until


def test_twice_the_same_hour_is_never_quiet():
    assert rules.quiet_until(at("22:00"), Quiet(dt.time(22), dt.time(22))) is None


@given(st.integers(0, 23), st.integers(0, 23), st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)))
def test_whoever_waits_for_the_end_of_the_quiet_finds_it_over(begins, ends, moment):
    quiet, moment = Quiet(dt.time(begins), dt.time(ends)), moment.replace(tzinfo=dt.UTC)

    until = rules.quiet_until(moment, quiet)

    if until is not None:
        assert moment < until <= moment + dt.timedelta(days=1)
        assert rules.quiet_until(until, quiet) is None


def outlook(**changes) -> Outlook:
    said = {"made_at": at("12:00"), "tries": 0, "is_urgent": False, "is_wanted": True, "has_address": True}
    return Outlook(**(said | {"quiet": NIGHT} | changes))


@pytest.mark.parametrize(
    ("changes", "time", "step"),
    [
        ({}, "12:00", None),
        ({"is_wanted": False}, "12:00", Step(State.NOT_WANTED)),
        ({"has_address": False}, "12:00", Step(State.NO_ADDRESS)),
        ({}, "22:30", Step(State.WAITING, at("07:00", days=1))),
        ({"is_urgent": True}, "22:30", None),
        ({"made_at": at("12:00", days=-4)}, "12:00", Step(State.FAILED, trouble="stale")),
        ({"tries": 6}, "12:00", Step(State.FAILED, trouble="unfinished")),
    ],
)
def test_what_decides_before_a_try(changes, time, step):
    assert rules.before_sending(outlook(**changes), at=at(time)) == step


def test_the_waits_grow_and_end():
    failed = {"is_final": False, "trouble": "HTTP 503", "at": at("12:00")}
    steps = [rules.after_failure(tries=tries, **failed) for tries in range(1, 7)]

    waits = [step.next_try_at - at("12:00") for step in steps if step.next_try_at]
    assert waits == sorted(set(waits))
    assert [step.state for step in steps] == [State.WAITING] * 5 + [State.FAILED]


def test_what_would_be_refused_again_is_not_tried_again():
    step = rules.after_failure(tries=1, is_final=True, trouble="wechat 43004", at=at("12:00"))

    assert step == Step(State.FAILED, trouble="wechat 43004")


def test_a_text_message_is_for_what_cannot_wait_unless_somebody_asks_for_more():
    assert rules.is_wanted("shift", "sms", None)
    assert not rules.is_wanted("minutes", "sms", None)
    assert rules.is_wanted("minutes", "sms", True)
    assert not rules.is_wanted("shift", "sms", False)
    assert rules.is_wanted("minutes", "mail", None)
