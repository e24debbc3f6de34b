"""The rules of the first pages."""

import datetime as dt

import pytest

from xinglin.home.rules import Todo, after, alike, counts, in_order, part_of_day


def todo(kind: str, hour: int, about: str = "", alike: str = "") -> Todo:
    since = dt.datetime(2026, 11, 21, hour, tzinfo=dt.UTC)
    return Todo(kind=kind, code=f"{hour}", title="", note="", since=since, state="", about=about, alike=alike)


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


def test_what_two_kinds_say_of_the_same_service_is_one_decision():
    nod, record = todo("nod", 9, about="signup:A"), todo("record", 8, about="signup:A")

    assert in_order([nod, record]) == [nod]


def test_after_a_decision_comes_the_next_and_at_the_end_the_one_before():
    first, second, third = todo("a", 7), todo("b", 8), todo("c", 9)

    assert after([first, second, third], "b:8") == "c:9"
    assert after([first, second, third], "c:9") == "b:8"
    assert after([first], "a:7") == ""


def test_only_what_is_alike_is_decided_together():
    one, other, stranger = todo("nod", 7, alike="S"), todo("nod", 8, alike="S"), todo("nod", 9, alike="T")
    alone = todo("application", 10)

    assert alike([one, other, stranger, alone], one) == [one, other]
    assert alike([one, other, stranger, alone], alone) == []
