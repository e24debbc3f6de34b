"""Record, confirm, void, take effect: each once, each with its refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import at
from xinglin.audit.models import Entry
from xinglin.hours import actions, queries
from xinglin.hours.errors import (
    AlreadyRecorded,
    NotForOneself,
    NotYetOver,
    OverlappingRecord,
    ReasonNeeded,
    TwoPeopleNeeded,
    WrongState,
)
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.organisation.models import Policy
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions as timebank
from xinglin.timebank import queries as minutes_of
from xinglin.timebank.rules import AccountKind, Balance, Transfer, TransferKind
from xinglin.timebank.tests.factories import make_account

pytestmark = pytest.mark.django_db
State = Record.State


def set_policy(unit: Any, name: str, value: Any) -> None:
    Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=-10))


def free_minutes(person: Any) -> int:
    return minutes_of.balance_of(person).free_minutes


# Recording --------------------------------------------------------------------------------------------------------


def test_a_record_is_publicised_until_undo_is_over(lin, hospital):
    record = make_record(person=lin.person, unit=hospital, at=at("12:00"))

    assert record.state == State.PUBLICISED
    assert record.takes_effect_at == at("12:05")
    assert Entry.objects.get(thing=f"record:{record.code}").verb == "recorded_service"


def test_a_record_that_waits_for_a_word_takes_effect_at_no_time(lin, hospital):
    record = make_record(person=lin.person, unit=hospital, waits_for_confirmation=True)

    assert record.state == State.RECORDED
    assert record.takes_effect_at is None


def test_policies_of_the_unit_round_and_publicise(lin, bureau, hospital):
    set_policy(bureau, "rounding", "down15")
    set_policy(hospital, "publication_days", 3)
    set_policy(hospital, "credited_provenance", ["code"])

    record = make_record(person=lin.person, unit=hospital, minutes=59, provenance="leader", at=at("12:00"))

    assert record.minutes == 45
    assert record.ends_at - record.starts_at == dt.timedelta(minutes=59)
    assert record.takes_effect_at == at("00:00", days=4)
    assert not record.is_credited


def test_recording_twice_is_once(lin, hospital):
    first = make_record(person=lin.person, unit=hospital, source="signup:A")

    second = make_record(person=lin.person, unit=hospital, source="signup:A")

    assert first == second
    assert Record.objects.count() == 1
    assert Entry.objects.filter(verb="recorded_service").count() == 1


def test_the_same_source_with_another_content_is_refused(lin, hospital):
    make_record(person=lin.person, unit=hospital, source="signup:A", minutes=60)

    with pytest.raises(AlreadyRecorded):
        make_record(person=lin.person, unit=hospital, source="signup:A", minutes=61)


def test_one_person_has_no_two_records_of_the_same_time(lin, hospital):
    make_record(person=lin.person, unit=hospital, starts_at=at("09:00"))

    with pytest.raises(OverlappingRecord):
        make_record(person=lin.person, unit=hospital, starts_at=at("09:59"))
    back_to_back = make_record(person=lin.person, unit=hospital, starts_at=at("10:00"))
    of_another = make_record(unit=hospital, starts_at=at("09:30"))

    assert back_to_back.pk
    assert of_another.pk


def test_a_voided_record_frees_its_time_and_its_source(lin, wang, hospital):
    record = make_record(person=lin.person, unit=hospital, source="signup:A")
    actions.void(record=record, by=wang, reason="记错", at=at("13:00"))

    again = make_record(person=lin.person, unit=hospital, source="signup:A", minutes=30)

    assert queries.standing_record("signup:A") == again


def test_what_is_not_over_and_who_confirms_oneself_are_refused(lin, hospital):
    with pytest.raises(NotYetOver):
        make_record(person=lin.person, unit=hospital, starts_at=at("09:00"), at=at("09:30"))
    with pytest.raises(NotForOneself):
        make_record(person=lin.person, unit=hospital, confirmed_by=lin.person.user)


def test_the_database_keeps_minutes_within_their_span(lin, hospital):
    record = make_record(person=lin.person, unit=hospital, minutes=60)

    with pytest.raises(IntegrityError, match="record_within_its_span"), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(minutes=61)


# Confirming -------------------------------------------------------------------------------------------------------


def test_a_confirmed_record_is_publicised_from_that_moment(lin, wang, hospital):
    record = make_record(person=lin.person, unit=hospital, waits_for_confirmation=True)

    confirmed = actions.confirm(record=record, by=wang, at=at("15:00"))

    assert confirmed.state == State.PUBLICISED
    assert confirmed.confirmed_by == wang
    assert confirmed.takes_effect_at == at("15:05")


def test_confirming_twice_is_once_and_only_by_another_hand(lin, wang, zhao, hospital):
    record = make_record(
        person=lin.person, unit=hospital, provenance="leader", recorded_by=wang, waits_for_confirmation=True
    )

    with pytest.raises(TwoPeopleNeeded):
        actions.confirm(record=record, by=wang, at=at("15:00"))
    with pytest.raises(NotForOneself):
        actions.confirm(record=record, by=lin.person.user, at=at("15:00"))
    first = actions.confirm(record=record, by=zhao, at=at("15:00"))
    second = actions.confirm(record=record, by=zhao, at=at("16:00"))

    assert first.takes_effect_at == second.takes_effect_at == at("15:05")
    with pytest.raises(WrongState):
        actions.confirm(record=record, by=wang, at=at("17:00"))


# Taking effect ----------------------------------------------------------------------------------------------------


def test_a_due_record_counts_for_honour_and_is_credited_once(lin, hospital):
    record = make_record(person=lin.person, unit=hospital, minutes=150, at=at("12:00"))

    too_early = actions.make_effective(at=at("12:04"))
    in_time = actions.make_effective(at=at("12:05"))
    again = actions.make_effective(at=at("12:06"))

    record.refresh_from_db()
    assert (too_early, in_time, again) == (0, 1, 0)
    assert (record.state, record.effective_at, record.credited_minutes) == (State.EFFECTIVE, at("12:05"), 150)
    assert queries.honour_minutes(lin.person) == free_minutes(lin.person) == 150


def test_what_the_policy_does_not_credit_counts_for_honour_only(lin, hospital):
    set_policy(hospital, "credited_provenance", ["code"])
    make_record(person=lin.person, unit=hospital, provenance="forced")

    actions.make_effective(at=at("20:00"))

    assert queries.honour_minutes(lin.person) == 60
    assert free_minutes(lin.person) == 0


def test_records_without_a_minute_take_effect_too(lin, hospital):
    set_policy(hospital, "rounding", "down15")
    make_record(person=lin.person, unit=hospital, minutes=14)

    assert actions.make_effective(at=at("20:00")) == 1
    assert free_minutes(lin.person) == 0


def test_nothing_that_waits_for_a_word_takes_effect(lin, hospital):
    make_record(person=lin.person, unit=hospital, waits_for_confirmation=True)

    assert actions.make_effective(at=at("20:00", days=30)) == 0


def test_a_round_takes_so_many_and_no_more_queries_for_many(hospital):
    for number in range(12):
        make_record(person=make_person(), unit=hospital, source=f"signup:{number}")

    with CaptureQueriesContext(connection) as few:
        assert actions.make_effective(at=at("20:00"), limit=4) == 4
    with CaptureQueriesContext(connection) as many:
        assert actions.make_effective(at=at("20:00"), limit=100) == 8

    assert len(many) <= len(few)


def test_a_credit_that_the_ledger_refuses_leaves_honour(lin, hospital, caplog):
    make_account(AccountKind.MEMBER, person=lin.person, closed_at=at("08:00"))
    record = make_record(person=lin.person, unit=hospital)

    actions.make_effective(at=at("20:00"))

    record.refresh_from_db()
    assert (record.state, record.credited_minutes) == (State.EFFECTIVE, 0)
    assert "closed" in caplog.text


# Voiding ----------------------------------------------------------------------------------------------------------


def test_voiding_before_effect_moves_nothing(lin, wang, hospital):
    record = make_record(person=lin.person, unit=hospital)

    actions.void(record=record, by=wang, reason="记错人了", at=at("12:00"))

    record.refresh_from_db()
    assert (record.state, record.void_reason) == (State.VOIDED, "记错人了")
    assert actions.make_effective(at=at("20:00")) == 0


def test_voiding_after_effect_takes_minutes_back_by_a_reversal(lin, wang, hospital):
    record = make_record(person=lin.person, unit=hospital)
    actions.make_effective(at=at("20:00"))

    actions.void(record=record, by=wang, reason="记错人了", at=at("21:00"))

    assert queries.honour_minutes(lin.person) == free_minutes(lin.person) == 0
    assert [entry.kind for entry in minutes_of.statement(lin.person)] == ["reversal", "credit"]
    with pytest.raises(WrongState):
        actions.void(record=record, by=wang, reason="再来", at=at("21:00"))


def test_minutes_already_spent_are_owed_and_repaid_from_the_next_record(lin, wang, hospital):
    record = make_record(person=lin.person, unit=hospital)
    actions.make_effective(at=at("20:00"))
    _spend(lin.person, 10)

    actions.void(record=record, by=wang, reason="记错人了", at=at("21:00"))

    record.refresh_from_db()
    [*_, voided] = queries.history_of(record)
    assert record.state == State.VOIDED
    assert (voided.returned_minutes, voided.owed_minutes) == (50, 10)
    assert minutes_of.balance_of(lin.person) == Balance(free_minutes=0, held_minutes=0, owed_minutes=10)
    make_record(person=lin.person, unit=hospital, source="signup:LATER1")
    actions.make_effective(at=at("23:00"))
    assert minutes_of.balance_of(lin.person) == Balance(free_minutes=50, held_minutes=0, owed_minutes=0)


def test_voiding_takes_a_reason(lin, wang, hospital):
    with pytest.raises(ReasonNeeded):
        actions.void(record=make_record(person=lin.person, unit=hospital), by=wang, reason=" ", at=at("12:00"))


def _spend(person: Any, minutes: int) -> None:
    pool = make_account(AccountKind.POOL)
    member = minutes_of.statement(person)[0].account_id
    gift = Transfer(key="gift", payer_id=member, payee_id=pool.pk, minutes=minutes, kind=TransferKind.GIFT)
    [answer] = timebank.post(transfers=[gift], at=at("20:30"))
    assert answer.stands


# Reading ----------------------------------------------------------------------------------------------------------


def test_totals_keep_what_is_on_its_way_apart(lin, wang, hospital):
    make_record(person=lin.person, unit=hospital, minutes=10, starts_at=at("08:00"))
    actions.make_effective(at=at("09:00"))
    make_record(person=lin.person, unit=hospital, minutes=20, starts_at=at("09:00"))
    make_record(person=lin.person, unit=hospital, minutes=30, starts_at=at("10:00"), waits_for_confirmation=True)
    voided = make_record(person=lin.person, unit=hospital, minutes=40, starts_at=at("11:00"))
    actions.void(record=voided, by=wang, reason="记错", at=at("12:00"))

    totals = queries.totals_of(lin.person)

    assert (totals.honour_minutes, totals.publicised_minutes, totals.waiting_minutes) == (10, 20, 30)
    assert queries.waiting_for_effect(lin.person).count() == 2


def test_what_waits_is_seen_by_those_who_may_decide_it(lin, wang, zhao, hospital, association):
    of_hospital = make_record(
        person=lin.person, unit=hospital, recorded_by=wang, waits_for_confirmation=True, provenance="leader"
    )
    make_record(unit=association, waits_for_confirmation=True)

    assert list(queries.waiting_for_confirmation(zhao)) == [of_hospital]
    assert list(queries.waiting_for_confirmation(wang)) == []
    assert list(queries.waiting_for_confirmation(lin.person.user)) == []


# The time bank's policies -----------------------------------------------------------------------------------------


def test_rate_and_daily_limit_are_promised_when_the_record_is_made(lin, hospital):
    set_policy(hospital, "credit_rates", {"0018": 50})
    record = make_record(person=lin.person, unit=hospital, minutes=61, category="0018")
    Policy.objects.all().delete()

    actions.make_effective(at=at("12:00"))

    record.refresh_from_db()
    assert (record.minutes, record.credited_minutes) == (61, 30)
    assert queries.honour_minutes(lin.person) == 61
    assert free_minutes(lin.person) == 30


def test_above_the_cap_the_hospital_keeps_it_and_voiding_gives_all_back(lin, hospital, blue):
    set_policy(hospital, "holding_cap_hours", 1)
    set_policy(hospital, "overflow_to", "unit")
    record = make_record(person=lin.person, unit=blue, minutes=90)
    actions.make_effective(at=at("12:00"))
    over = minutes_of.overflow_of(hospital)

    record.refresh_from_db()
    actions.void(record=record, by=None, reason="登记错了", at=at("13:00"))

    assert (record.credited_minutes, over) == (60, 30)
    assert (free_minutes(lin.person), minutes_of.overflow_of(hospital)) == (0, 0)


def test_policies_of_many_units_are_read_at_once(lin, hospital, blue, bureau):
    make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-9))
    actions.make_effective(at=at("12:00"))  # opens the accounts
    for number, unit in enumerate((hospital, blue, bureau)):
        make_record(person=lin.person, unit=unit, starts_at=at("09:00", days=-number - 1))
    with CaptureQueriesContext(connection) as three:
        actions.make_effective(at=at("12:00"))
    make_record(person=lin.person, unit=blue)
    with CaptureQueriesContext(connection) as one:
        actions.make_effective(at=at("12:00"))

    assert len(three) == len(one)
