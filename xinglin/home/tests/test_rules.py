"""The rules of the first pages."""

import datetime as dt

import pytest

from xinglin.home.rules import Todo, counts, in_order, part_of_day


def todo(kind: str, hour: int) -> Todo:
    since = dt.datetime(2026, 11, 21, hour, tzinfo=dt.UTC)
    return Todo(kind=kind, title="", note="", since=since, url="/", state="")


def test_who_has_waited_longest_stands_first():
    late, early = todo("people", 9), todo("hours", 8)

    assert in_order([late, early]) == [early, late]


def test_each_kind_is_counted():
    assert counts([todo("people", 9), todo("hours", 8), todo("people", 7)]) == {"people": 2, "hours": 1}


@pytest.mark.parametrize(
    ("hour", "part"),
    [(4, "evening"), (5, "morning"), (11, "noon"), (13, "afternoon"), (17, "afternoon"), (18, "evening")],
)
def test_the_greeting_follows_the_hour(hour, part):
    assert part_of_day(hour) == part
