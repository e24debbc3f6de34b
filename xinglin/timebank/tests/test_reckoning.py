"""Rate, daily limit, cap and expiry as arithmetic: exact, and never to the member's gain."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.timebank.reckoning import (
    Spending,
    Standing,
    Terms,
    carried_after_taking_back,
    expired_minutes,
    months_before,
    reckon,
)

MINUTES = st.integers(0, 1440)
PERCENT = st.integers(0, 300)


def test_a_plain_minute_is_a_minute():
    found = reckon(90, Terms(), Standing())

    assert (found.credited_minutes, found.taken_minutes, found.carried_hundredths) == (90, 90, 0)


def test_what_is_left_below_a_minute_waits_for_the_next_service():
    first = reckon(45, Terms(rate_percent=50), Standing())
    second = reckon(45, Terms(rate_percent=50), Standing(carried_hundredths=first.carried_hundredths))

    assert (first.credited_minutes, first.carried_hundredths) == (22, 50)
    assert (second.credited_minutes, second.carried_hundredths) == (23, 0)


def test_above_the_day_s_limit_minutes_count_for_honour_only():
    found = reckon(120, Terms(daily_limit_minutes=300), Standing(day_minutes=240))

    assert (found.credited_minutes, found.refused_minutes) == (60, 60)


def test_above_the_cap_minutes_go_to_the_overflow_account():
    found = reckon(120, Terms(cap_minutes=600), Standing(holding_minutes=570))

    assert (found.credited_minutes, found.overflow_minutes) == (30, 90)


def test_the_day_s_limit_comes_before_the_cap():
    found = reckon(120, Terms(daily_limit_minutes=100, cap_minutes=600), Standing(holding_minutes=590))

    assert (found.credited_minutes, found.overflow_minutes, found.refused_minutes) == (10, 90, 20)


@given(st.lists(st.tuples(MINUTES, PERCENT), max_size=30))
def test_remainders_are_never_rounded_to_the_member_s_gain_and_never_lost(services):
    carried, credited = 0, 0
    for minutes, percent in services:
        found = reckon(minutes, Terms(rate_percent=percent), Standing(carried_hundredths=carried))
        carried, credited = found.carried_hundredths, credited + found.credited_minutes

        assert 0 <= carried < 100
    worth = sum(minutes * percent for minutes, percent in services)
    assert worth - 100 * credited == carried


@given(st.lists(st.tuples(MINUTES, PERCENT), min_size=1, max_size=12), st.data())
def test_taking_services_back_leaves_what_the_others_are_worth(services, data):
    carried, standing = 0, []
    for minutes, percent in services:
        found = reckon(minutes, Terms(rate_percent=percent), Standing(carried_hundredths=carried))
        carried = found.carried_hundredths
        standing.append((minutes, percent, found.credited_minutes))
    for _ in range(data.draw(st.integers(0, len(standing)))):
        minutes, percent, whole = standing.pop(data.draw(st.integers(0, len(standing) - 1)))
        carried = carried_after_taking_back(carried, minutes=minutes, rate_percent=percent, whole_minutes=whole)
    next_one = reckon(1440, Terms(rate_percent=300), Standing(carried_hundredths=carried))

    worth = sum(minutes * percent for minutes, percent, _whole in standing) + 1440 * 300
    credited = sum(whole for *_rest, whole in standing) + next_one.credited_minutes
    assert worth - 100 * credited == next_one.carried_hundredths
    assert 0 <= next_one.carried_hundredths < 100


@given(MINUTES, PERCENT, st.integers(-99, 99), st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 1440))
def test_every_minute_goes_to_exactly_one_place_and_no_bound_is_passed(minutes, percent, carried, used, held, limit):
    terms = Terms(rate_percent=percent, daily_limit_minutes=limit, cap_minutes=1000)
    standing = Standing(carried_hundredths=carried, day_minutes=used, holding_minutes=held)

    found = reckon(minutes, terms, standing)

    parts = (found.credited_minutes, found.overflow_minutes, found.refused_minutes)
    assert all(part >= 0 for part in parts)
    assert 100 * sum(parts) + found.carried_hundredths == minutes * percent + carried
    assert found.taken_minutes <= max(0, limit - used)
    assert held + found.credited_minutes <= max(held, 1000)


# Expiry -----------------------------------------------------------------------------------------------------------

MOVES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["earn", "spend", "hold", "release", "expire"]), st.integers(1, 90)),
    max_size=40,
)
LIFETIME = 10  # days


@given(MOVES)
def test_expiry_on_running_sums_is_what_a_queue_of_single_minutes_would_say(moves):
    queue: list[int] = []  # the day of each single minute, the oldest first: what was used is gone from the front
    earned: list[tuple[int, int]] = []
    free = held = today = 0
    for days, verb, minutes in moves:
        today += days
        if verb == "earn":
            queue += [today] * minutes
            earned.append((today, minutes))
            free += minutes
        elif verb == "spend":
            used = min(minutes, free)
            free, queue = free - used, queue[used:]
        elif verb == "hold":
            taken = min(minutes, free)
            free, held = free - taken, held + taken
        elif verb == "release":
            free, held = free + held, 0
        else:
            young = sum(minutes for day, minutes in earned if day > today - LIFETIME)
            expired = expired_minutes(free_minutes=free, young_minutes=young)
            assert expired == sum(day <= today - LIFETIME for day in queue[held:])
            free -= expired
            queue = queue[:held] + queue[held + expired :]


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        ((2027, 3, 31), 1, (2027, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2027, 1, 15), 1, (2026, 12, 15)),
        ((2027, 12, 31), 12, (2026, 12, 31)),
        ((2026, 11, 24), 24, (2024, 11, 24)),
    ],
)
def test_months_go_back_to_the_same_day_or_the_month_s_last(day, months, earlier):
    assert months_before(dt.date(*day), months) == dt.date(*earlier)


# Who may spend ----------------------------------------------------------------------------------------------------


def test_an_age_to_spend_holds_until_the_birthday_and_is_lower_in_hardship():
    young = Spending(age=59, spending_age=65, hardship_age=60)

    assert young.is_too_young
    assert not replace(young, age=65).is_too_young
    assert replace(young, age=59, in_hardship=True).is_too_young
    assert not replace(young, age=60, in_hardship=True).is_too_young
    assert replace(young, age=None).is_too_young
    assert not Spending(age=None).is_too_young


def test_minors_only_donate_where_the_policy_says_so():
    assert Spending(age=17, donate_only=["minor"]).may_only_donate
    assert not Spending(age=18, donate_only=["minor"]).may_only_donate
    assert not Spending(age=17, donate_only=["team"]).may_only_donate
