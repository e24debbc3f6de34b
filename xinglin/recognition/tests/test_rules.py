"""What a scheme asks for each star, which are due, and how far it is to the next."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.recognition import rules
from xinglin.recognition.errors import BadThresholds, BarInThePast, PublicationOver, StarReasonNeeded, WithdrawnAlready

FIVE = rules.checked_thresholds(rules.PRESETS["five"])
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
schemes = st.lists(st.integers(1, rules.MOST_HOURS), min_size=1, max_size=rules.MOST_STARS, unique=True).map(
    lambda hours: rules.checked_thresholds(sorted(hours))
)
minutes_served = st.integers(0, rules.MOST_HOURS * 70)


@pytest.mark.parametrize(
    ("hours", "level"), [(0, 0), (99, 0), (100, 1), (299, 1), (300, 2), (1499, 4), (1500, 5), (9000, 5)]
)
def test_a_star_is_there_at_its_threshold_and_not_a_minute_before(hours, level):
    assert rules.level_at(FIVE, hours * 60) == level
    assert rules.level_at(FIVE, hours * 60 + 59) == level


def test_stars_are_due_in_order_from_the_one_after_what_stands():
    assert list(rules.levels_due(FIVE, minutes=600 * 60, standing=0)) == [1, 2, 3]
    assert list(rules.levels_due(FIVE, minutes=600 * 60, standing=2)) == [3]


def test_nothing_is_due_below_what_stands():
    assert list(rules.levels_due(FIVE, minutes=100 * 60, standing=4)) == []


@given(schemes, minutes_served, st.integers(0, rules.MOST_STARS))
def test_what_is_due_and_what_stands_make_an_unbroken_row(thresholds, minutes, standing):
    due = list(rules.levels_due(thresholds, minutes=minutes, standing=standing))

    assert due == list(range(standing + 1, standing + 1 + len(due)))
    assert all(thresholds[level - 1] <= minutes for level in due)
    assert not rules.levels_due(thresholds, minutes=minutes, standing=standing + len(due))


@given(schemes, minutes_served, minutes_served)
def test_more_minutes_are_never_worth_fewer_stars(thresholds, minutes, more):
    assert rules.level_at(thresholds, minutes) <= rules.level_at(thresholds, minutes + more)


@given(schemes, st.lists(st.integers(1, 60_000), max_size=30))
def test_each_threshold_was_reached_by_the_record_that_reached_it(thresholds, served):
    entries = [(NOON + dt.timedelta(days=day), minutes) for day, minutes in enumerate(served)]

    moments = rules.reached_at(entries, thresholds)

    assert len(moments) == rules.level_at(thresholds, sum(served))
    for threshold, moment in zip(thresholds, moments, strict=False):
        before = sum(minutes for at, minutes in entries if at < moment)
        assert before < threshold <= before + sum(minutes for at, minutes in entries if at == moment)


@given(schemes, minutes_served, st.integers(0, rules.MOST_STARS))
def test_the_way_to_the_next_star_adds_up(thresholds, minutes, standing):
    found = rules.progress(thresholds, minutes=minutes, standing=standing)

    assert 0 <= found.ripe <= rules.FRUITS
    if found.next_minutes is not None:
        assert found.next_level == standing + 1
        assert found.missing_minutes == max(0, thresholds[standing] - minutes)
        assert (found.ripe == rules.FRUITS) == (found.missing_minutes == 0)
    else:
        assert standing >= len(thresholds)
        assert found.missing_minutes == 0


def test_six_of_ten_fruits_are_ripe_between_three_and_four_stars():
    found = rules.progress(FIVE, minutes=840 * 60, standing=3)

    assert (found.ripe, found.missing_minutes) == (6, 160 * 60)


def test_a_version_that_asks_for_more_begins_its_way_at_nothing():
    found = rules.progress(FIVE, minutes=50 * 60, standing=2)

    assert (found.level, found.next_level, found.ripe) == (2, 3, 0)


@pytest.mark.parametrize("hours", [[], [20, 20], [30, 20], [0, 5], [1, 2, 3, 4, 5, 6], [20_001]])
def test_thresholds_that_make_no_scheme_are_refused(hours):
    with pytest.raises(BadThresholds):
        rules.checked_thresholds(hours)


@pytest.mark.parametrize("text", ["20 30 50", "20，30，50", " 20, 30、50 "])
def test_hours_are_read_with_any_comma(text):
    assert rules.hours_from(text) == [20, 30, 50]


@pytest.mark.parametrize("text", ["20 half", "-3", "2.5", "二十", "9999999"])
def test_what_is_no_whole_hour_is_refused(text):
    with pytest.raises(BadThresholds):
        rules.hours_from(text)


def test_a_star_is_withdrawn_only_while_it_is_published_and_once():
    rules.refuse_to_withdraw(published_until=NOON + dt.timedelta(seconds=1), withdrawn_at=None, at=NOON)

    with pytest.raises(PublicationOver):
        rules.refuse_to_withdraw(published_until=NOON, withdrawn_at=None, at=NOON)
    with pytest.raises(WithdrawnAlready):
        rules.refuse_to_withdraw(published_until=NOON + dt.timedelta(days=1), withdrawn_at=NOON, at=NOON)


def test_a_decision_has_a_reason_and_a_bar_an_end_to_come():
    with pytest.raises(StarReasonNeeded):
        rules.reason_as_kept("  ")
    with pytest.raises(BarInThePast):
        rules.refuse_past_end(NOON, at=NOON)
