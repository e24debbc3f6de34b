"""The life of a record, decided by values alone."""

from __future__ import annotations

import dataclasses

import pytest

from conftest import at
from xinglin.hours import rules
from xinglin.hours.errors import MoreThanServed, NotForOneself, NotYetOver, ReasonNeeded, TwoPeopleNeeded, WrongState
from xinglin.hours.rules import State, Terms

PROMPT = Terms(undo_minutes=5, publication_days=0, rounding="none", credited_provenance=["code"])


@pytest.mark.parametrize(
    ("state", "step", "to"),
    [
        (State.RECORDED, "confirm", State.PUBLICISED),
        (State.RECORDED, "void", State.VOIDED),
        (State.PUBLICISED, "take_effect", State.EFFECTIVE),
        (State.PUBLICISED, "void", State.VOIDED),
        (State.EFFECTIVE, "void", State.VOIDED),
    ],
)
def test_a_step_leads_where_the_table_says(state, step, to):
    assert rules.after(state, step) == to


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.RECORDED, "take_effect"),
        (State.PUBLICISED, "confirm"),
        (State.EFFECTIVE, "confirm"),
        (State.EFFECTIVE, "take_effect"),
        (State.VOIDED, "void"),
        (State.VOIDED, "confirm"),
    ],
)
def test_any_other_step_is_refused(state, step):
    with pytest.raises(WrongState, match="已作废"):
        rules.after(state, step, state_said="已作废")


def test_a_record_never_reaches_into_the_future():
    rules.refuse_to_record(starts_at=at("09:00"), ends_at=at("10:00"), minutes=60, at=at("10:00"))

    with pytest.raises(NotYetOver):
        rules.refuse_to_record(starts_at=at("09:00"), ends_at=at("10:00"), minutes=60, at=at("09:59"))


def test_minutes_never_exceed_the_span():
    with pytest.raises(MoreThanServed):
        rules.refuse_to_record(starts_at=at("09:00"), ends_at=at("10:00"), minutes=61, at=at("12:00"))


def test_neither_who_served_nor_who_entered_it_confirms():
    with pytest.raises(NotForOneself):
        rules.refuse_to_confirm(by=1, served=1, recorded_by=2)
    with pytest.raises(TwoPeopleNeeded):
        rules.refuse_to_confirm(by=2, served=1, recorded_by=2)

    rules.refuse_to_confirm(by=3, served=1, recorded_by=2)
    rules.refuse_to_confirm(by=3, served=1, recorded_by=None)


def test_voiding_takes_a_reason():
    with pytest.raises(ReasonNeeded):
        rules.reason_to_void("  \n")

    assert rules.reason_to_void(" 记错人了 ") == "记错人了"


@pytest.mark.parametrize(
    ("minutes", "profile", "left"),
    [
        (59, "none", 59),
        (59, "down5", 55),
        (59, "down10", 50),
        (59, "down15", 45),
        (14, "down15", 0),
        (60, "down15", 60),
    ],
)
def test_rounding_never_gains_anyone_a_minute(minutes, profile, left):
    assert rules.rounded(minutes, profile) == left


def test_without_publication_a_record_takes_effect_after_the_undo_window():
    assert rules.takes_effect_at(at=at("12:00"), undo_minutes=5, publication_days=0) == at("12:05")


def test_publication_lasts_whole_days_in_china():
    effect = rules.takes_effect_at(at=at("12:00"), undo_minutes=5, publication_days=3)

    assert effect == at("00:00", days=4)


def test_a_day_begins_at_midnight_in_china_and_not_in_greenwich():
    before_eight = rules.takes_effect_at(at=at("07:30"), undo_minutes=0, publication_days=1)
    late_evening = rules.takes_effect_at(at=at("23:59"), undo_minutes=0, publication_days=1)

    assert before_eight == late_evening == at("00:00", days=2)


def test_an_undo_window_longer_than_publication_is_waited_for():
    effect = rules.takes_effect_at(at=at("12:00"), undo_minutes=4 * 24 * 60, publication_days=1)

    assert effect == at("12:00", days=4)


def test_only_provenance_that_the_policy_accepts_is_credited():
    facts = {"minutes": 10, "provenance": "code", "category": "0004", "terms": PROMPT}

    assert rules.is_credited(**facts)
    assert not rules.is_credited(**facts | {"provenance": "forced"})
    assert not rules.is_credited(**facts | {"minutes": 0})


def test_what_is_worth_nothing_to_the_time_bank_counts_for_honour_only():
    terms = dataclasses.replace(PROMPT, credit_rates={"0018": 0})

    assert not rules.is_credited(minutes=10, provenance="code", category="0018", terms=terms)
    assert rules.is_credited(minutes=10, provenance="code", category="0004", terms=terms)
