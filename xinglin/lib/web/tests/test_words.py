"""Minutes, days and distances as people say them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from xinglin.lib.clock import SHANGHAI
from xinglin.lib.web import words

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def at(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0分"),
        (45, "45分"),
        (60, "1小时"),
        (150, "2小时30分"),
        (180, "3小时"),
        (29190, "486小时30分"),
        (-75, "−1小时15分"),
    ],
)
def test_minutes_are_said_in_hours_and_minutes(minutes, said):
    assert words.minutes_said(minutes) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 20), "昨天"),
        (date(2026, 11, 21), "今天"),
        (date(2026, 11, 22), "明天"),
        (date(2026, 11, 24), "周二 11月24日"),
        (date(2027, 1, 5), "2027年1月5日 周二"),
    ],
)
def test_near_days_have_names_and_far_ones_their_weekday(day, said):
    assert words.day_said(day, today=TODAY) == said


def test_a_clock_has_no_zero_in_front_and_stands_in_china():
    just_before_midnight_in_utc = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    assert words.clock_said(just_before_midnight_in_utc) == "7:30"


def test_a_span_names_its_day_once():
    assert words.span_said(at("11-21T14:00"), at("11-21T17:00"), today=TODAY) == "今天 14:00–17:00"


def test_a_night_names_both_days():
    assert words.span_said(at("11-21T22:00"), at("11-22T06:00"), today=TODAY) == "今天 22:00 – 明天 6:00"


@pytest.mark.parametrize(
    ("metres", "said"),
    [(7, "7 米"), (352, "350 米"), (994, "990 米"), (999, "1.0 公里"), (1400, "1.4 公里"), (18000, "18 公里")],
)
def test_distances_are_rounded_as_people_round_them(metres, said):
    assert words.distance_said(metres) == said


@pytest.mark.parametrize(("name", "initial"), [("林晓", "晓"), ("Ada Lin", "A"), ("", ""), ("  王敏 ", "敏")])
def test_a_round_picture_shows_one_character(name, initial):
    assert words.initial_of(name) == initial
