"""Who may redeem what, and the life of a voucher, without a database."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.benefits import rules
from xinglin.benefits.errors import BadBenefit, BadRestock, VoucherEnded, VoucherExpired, VoucherReasonNeeded
from xinglin.benefits.rules import Asker, Offer, Period, State
from xinglin.lib.clock import SHANGHAI

NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OFFER = Offer(
    unit_name="瑞安市人民医院",
    price_minutes=120,
    level=3,
    stock_left=5,
    is_paused=False,
    starts_at=NOON - DAY,
    ends_at=NOON + DAY,
    quota=2,
    period="year",
    period_said="每年",
)
ASKER = Asker(is_member=True, state="active", state_said="在岗", star=3, free_minutes=120, taken=1)


def hindered(offer: dict[str, Any] | None = None, asker: dict[str, Any] | None = None, **more: Any) -> list[str]:
    found = rules.hindrances(
        dataclasses.replace(OFFER, **(offer or {})),
        dataclasses.replace(ASKER, **(asker or {})),
        at=more.get("at", NOON),
    )
    return [refusal.code for refusal in found]


def test_who_has_all_that_is_asked_for_may_redeem():
    assert hindered() == []


@pytest.mark.parametrize(
    ("offer", "asker", "code"),
    [
        ({}, {"state": "suspended"}, "redeeming_paused"),
        ({}, {"is_member": False}, "benefit_not_for_your_unit"),
        ({"starts_at": NOON + dt.timedelta(seconds=1)}, {}, "benefit_not_yet"),
        ({"ends_at": NOON}, {}, "benefit_over"),
        ({"is_paused": True}, {}, "benefit_paused"),
        ({"stock_left": 0}, {}, "out_of_stock"),
        ({}, {"star": 2}, "star_needed"),
        ({}, {"taken": 2}, "benefit_quota_used"),
        ({"period": "ever"}, {"taken": 2}, "benefit_quota_used_for_good"),
        ({}, {"free_minutes": 119}, "balance_too_small"),
    ],
)
def test_each_thing_that_is_missing_has_its_own_sentence(offer, asker, code):
    assert hindered(offer, asker) == [code]


def test_everything_that_is_missing_is_said_at_once():
    found = hindered({"stock_left": 0}, {"star": 0, "free_minutes": 0})

    assert found == ["out_of_stock", "star_needed", "balance_too_small"]


def test_who_is_no_volunteer_hears_only_that():
    assert hindered({"stock_left": 0}, {"state": None, "is_member": False}) == ["benefit_for_volunteers"]


def test_what_the_time_bank_says_against_spending_is_told_unless_nothing_is_spent():
    assert hindered(asker={"spends_from_age": 60}) == ["may_spend_later"]
    assert hindered(asker={"donates_only": True, "spends_from_age": 60}) == ["donates_only"]
    assert hindered({"price_minutes": 0}, {"donates_only": True}) == []


def test_a_quota_begins_anew_with_the_month_and_the_year_of_china():
    last_moment = dt.datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI)

    assert rules.period_begins(Period.YEAR, at=last_moment) == dt.datetime(2026, 1, 1, tzinfo=SHANGHAI)
    assert rules.period_begins(Period.MONTH, at=last_moment) == dt.datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert rules.period_begins(Period.EVER, at=last_moment) is None
    assert rules.next_period_begins(Period.MONTH, at=last_moment) == dt.datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert rules.next_period_begins(Period.YEAR, at=last_moment) == dt.datetime(2027, 1, 1, tzinfo=SHANGHAI)


@given(st.sampled_from(list(Period)), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1)))
def test_every_moment_lies_in_its_own_period(period, moment):
    at = moment.replace(tzinfo=dt.UTC)
    begins, ends = rules.period_begins(period, at=at), rules.next_period_begins(period, at=at)

    assert (begins is None) == (ends is None) == (period == Period.EVER)
    if begins is not None and ends is not None:
        assert begins <= at < ends
        assert rules.period_begins(period, at=ends) == ends


@given(st.lists(st.sampled_from(["use", "refuse", "give_back", "expire"]), max_size=6))
def test_a_voucher_ends_once_by_whatever_came_first(steps):
    state = State.UNUSED
    ends = []
    for step in steps:
        try:
            state = rules.after(state, step, state_said="已使用")
            ends.append(step)
        except VoucherEnded:
            continue

    assert ends == steps[:1]


def test_every_end_is_final():
    assert all(not steps for state, steps in rules.STEPS.items() if state != State.UNUSED)
    assert set(rules.STEPS[State.UNUSED].values()) == set(State) - {State.UNUSED}


def test_a_voucher_holds_whole_days_but_not_longer_than_its_benefit():
    end = rules.expires_at(at=NOON, days=30, offer_ends_at=None)

    assert end == dt.datetime(2026, 12, 25, tzinfo=SHANGHAI)
    assert rules.last_day(end) == dt.date(2026, 12, 24)
    assert rules.expires_at(at=NOON, days=30, offer_ends_at=NOON + DAY) == NOON + DAY


def test_from_its_end_on_a_voucher_is_over():
    rules.refuse_expired(NOON + dt.timedelta(seconds=1), at=NOON)

    with pytest.raises(VoucherExpired):
        rules.refuse_expired(NOON, at=NOON)


def test_refusing_takes_a_reason():
    with pytest.raises(VoucherReasonNeeded):
        rules.reason_as_kept("   ")


@given(st.integers(0, rules.MOST_STOCK), st.integers(-rules.MOST_STOCK, rules.MOST_STOCK))
def test_stock_never_falls_below_nothing(left, change):
    try:
        after = rules.restocked(left, change)
    except BadRestock:
        assert not 0 <= left + change <= rules.MOST_STOCK
    else:
        assert after == left + change >= 0


def test_what_has_no_limit_is_not_restocked():
    with pytest.raises(BadRestock):
        rules.restocked(None, 1)


def test_a_benefit_ends_after_it_begins():
    rules.refuse_backward(NOON, None)
    with pytest.raises(BadBenefit):
        rules.refuse_backward(NOON, NOON)


@pytest.mark.parametrize(
    "typed", ["8F3KQ2TM", " 8f3k q2tm ", "8F3K-Q2TM", "https://example.org/v/8F3KQ2TM/", "/v/8F3KQ2TM"]
)
def test_a_code_is_read_as_people_and_scanners_bring_it(typed):
    assert rules.code_from(typed) == "8F3KQ2TM"


def test_a_code_is_said_in_groups_of_four():
    assert rules.spaced("8F3KQ2TM") == "8F3K Q2TM"
