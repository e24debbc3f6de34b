"""Which backups are kept: whatever nights were missed, one can go back days, weeks and months."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib.backup.rules import Retention, first_gap, kept, segments_to_drop
from xinglin.lib.clock import SHANGHAI

MOMENTS = st.lists(
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(SHANGHAI)),
    max_size=80,
    unique=True,
)
RETENTIONS = st.builds(Retention, st.integers(1, 9), st.integers(1, 9), st.integers(1, 15))
USUAL = Retention()


def nights(count: int, *, first: dt.date = dt.date(2025, 1, 1)) -> list[dt.datetime]:
    start = dt.datetime.combine(first, dt.time(2, 30), SHANGHAI)
    return [start + dt.timedelta(days=number) for number in range(count)]


def test_after_two_years_of_nights_there_are_days_weeks_and_months():
    held: set[dt.datetime] = set()
    for night in nights(730):
        held = kept(held | {night}, USUAL)

    last = max(held)
    assert {(last - moment).days for moment in held} >= set(range(7))
    assert len({moment.isocalendar()[:2] for moment in held}) >= 5
    assert len({(moment.year, moment.month) for moment in held}) == 12
    assert len(held) <= 24


def test_a_machine_that_stood_still_for_a_year_loses_nothing_by_waking_up():
    before = kept(nights(60), USUAL)

    after = kept(before | set(nights(1, first=dt.date(2026, 6, 1))), USUAL)

    assert len(before - after) <= 3


def test_two_backups_of_one_day_leave_the_later_one():
    morning, evening = (dt.datetime(2026, 11, 24, hour, tzinfo=SHANGHAI) for hour in (2, 20))

    assert kept([morning, evening], USUAL) == {evening}


@given(MOMENTS, RETENTIONS)
def test_the_newest_is_always_kept(moments: list[dt.datetime], retention: Retention):
    assert not moments or max(moments) in kept(moments, retention)


@given(MOMENTS, RETENTIONS)
def test_no_more_is_kept_than_was_asked_for(moments: list[dt.datetime], retention: Retention):
    found = kept(moments, retention)

    assert found <= set(moments)
    assert len(found) <= retention.days + retention.weeks + retention.months


@given(MOMENTS, RETENTIONS)
def test_pruning_twice_is_pruning_once(moments: list[dt.datetime], retention: Retention):
    once = kept(moments, retention)

    assert kept(once, retention) == once


@given(MOMENTS, RETENTIONS)
def test_every_period_that_is_asked_for_has_its_newest(moments: list[dt.datetime], retention: Retention):
    found = kept(moments, retention)

    months = sorted({(moment.year, moment.month) for moment in moments})[-retention.months :]
    for month in months:
        assert max(moment for moment in moments if (moment.year, moment.month) == month) in found


@given(MOMENTS, RETENTIONS)
def test_pruning_each_night_keeps_what_pruning_once_would(moments: list[dt.datetime], retention: Retention):
    held: set[dt.datetime] = set()

    for moment in sorted(moments):
        held = kept(held | {moment}, retention)

    assert held == kept(moments, retention)


def test_pieces_of_the_log_go_when_no_copy_needs_them():
    names = ["000000010000000000000003", "000000010000000000000004", "000000020000000000000005", "00000002.history"]

    gone = segments_to_drop(names, oldest_needed="000000010000000000000004")

    assert gone == {"000000010000000000000003"}


def test_a_missing_piece_is_named():
    names = ["0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000001"]

    assert first_gap(names, after="0000000100000000000000FE") == "000000010000000100000000"
    assert first_gap(names[:2], after="0000000100000000000000FE") == ""
    assert first_gap([], after="0000000100000000000000FE") == "0000000100000000000000FE"
