"""Which gates a service asks for, which are shut on a day, what comes next. No database."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from xinglin.people.vetting import rules
from xinglin.people.vetting.rules import Hurdle, Passed

MONDAY, FRIDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 27)
days = st.dates(min_value=dt.date(2026, 1, 1), max_value=dt.date(2027, 12, 31))


def test_the_gates_of_the_unit_and_of_the_kind_of_service_come_together_in_order():
    wanted = rules.needed(["agreement", "review"], ["wards"], {"wards": ["health", "training"]})

    assert wanted == ("review", "training", "agreement", "health")


def test_no_policy_sends_anyone_into_danger_uncovered():
    assert rules.needed([], ["dangerous"], {"dangerous": []}) == ("insurance",)


def test_a_gate_that_was_never_passed_is_a_hurdle():
    assert rules.hurdles(["health"], [], on=MONDAY) == (Hurdle("health"),)


def test_a_gate_holds_on_its_last_day_and_not_on_the_next():
    passed = [Passed("health", MONDAY, FRIDAY)]

    assert rules.hurdles(["health"], passed, on=FRIDAY) == ()
    assert rules.hurdles(["health"], passed, on=FRIDAY + dt.timedelta(days=1)) == (Hurdle("health", FRIDAY),)


def test_cover_that_begins_later_does_not_hold_yet():
    assert rules.hurdles(["insurance"], [Passed("insurance", FRIDAY, None)], on=MONDAY) == (Hurdle("insurance"),)


def test_two_covers_with_a_gap_leave_the_gap_open():
    covers = [Passed("insurance", MONDAY, MONDAY), Passed("insurance", FRIDAY, FRIDAY)]

    assert rules.hurdles(["insurance"], covers, on=FRIDAY) == ()
    assert rules.hurdles(["insurance"], covers, on=dt.date(2026, 11, 25)) == (Hurdle("insurance", MONDAY),)


def test_the_first_shut_gate_is_the_persons_turn_and_what_waits_for_others_is_not():
    wanted = ("review", "interview", "training", "agreement")
    steps = rules.steps(wanted, [Passed("review", MONDAY)], waiting={"interview"}, on=FRIDAY)

    assert [step.state for step in steps] == ["done", "waiting", "now", "later"]


def test_what_has_run_out_says_so_while_something_else_comes_first():
    passed = [Passed("health", MONDAY, MONDAY)]

    steps = rules.steps(("agreement", "health"), passed, on=FRIDAY)

    assert [step.state for step in steps] == ["now", "expired"]
    assert steps[1].passed == passed[0]


def test_a_paper_of_twelve_months_ends_on_the_day_before():
    assert rules.valid_until(dt.date(2026, 11, 24), months=12) == dt.date(2027, 11, 23)
    assert rules.valid_until(dt.date(2026, 8, 31), months=6) == dt.date(2027, 2, 27)
    assert rules.valid_until(dt.date(2026, 11, 24), months=0) is None


gates = st.sampled_from(rules.ORDER)
covers = st.builds(Passed, gates, days, st.none() | days)


@given(st.sets(gates), st.lists(covers, max_size=8), days)
def test_passing_more_never_shuts_a_gate(wanted, passed, day):
    before = {hurdle.gate for hurdle in rules.hurdles(wanted, passed[:-1], on=day)}
    after = {hurdle.gate for hurdle in rules.hurdles(wanted, passed, on=day)}

    assert after <= before


@given(st.sets(gates), st.lists(covers, max_size=8), st.sets(gates), days)
def test_it_is_one_persons_turn_at_most_once_and_all_is_done_only_without_hurdles(wanted, passed, waiting, day):
    steps = rules.steps(rules.needed(wanted, (), {}), passed, waiting=waiting, on=day)

    assert [step.state for step in steps].count("now") <= 1
    assert all(step.is_open for step in steps) == (not rules.hurdles(wanted, passed, on=day))
