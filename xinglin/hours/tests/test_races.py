"""Workers and hands at the same moment, real threads on real connections."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.audit.models import Entry
from xinglin.hours import actions, queries
from xinglin.hours.models import Record
from xinglin.hours.tests.factories import MORNING, make_record
from xinglin.lib.errors import Refusal
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_person, make_user
from xinglin.timebank import queries as timebank
from xinglin.timebank.rules import AccountKind
from xinglin.timebank.tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)
EVENING = MORNING + dt.timedelta(hours=12)


def at_once(work: Callable[[int], Any], threads: int) -> list[Any]:
    start = Barrier(threads)

    def run(number: int) -> Any:
        try:
            start.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_four_workers_let_each_record_take_effect_once():
    unit, people = make_unit(), [make_person() for _ in range(8)]
    for number in range(80):
        starts_at = MORNING + dt.timedelta(minutes=5 * (number // 8))
        make_record(person=people[number % 8], unit=unit, minutes=5, starts_at=starts_at)

    def work(_: int) -> int:
        return sum(actions.make_effective(at=EVENING, limit=7) for _ in range(20))

    taken = at_once(work, 4)

    assert sum(taken) == 80
    assert Entry.objects.filter(verb="record_took_effect").count() == 80
    for person in people:
        assert queries.honour_minutes(person) == timebank.balance_of(person).free_minutes == 50


def test_a_burst_of_check_outs_is_credited_in_batches_and_each_person_has_their_own_answer():
    """Checking out writes a record and touches no account: a whole shift may leave at once, and queues nowhere."""
    unit, people = make_unit(), [make_person() for _ in range(24)]
    make_account(AccountKind.MEMBER, person=people[0], closed_at=MORNING)  # one that takes nothing any more

    at_once(lambda number: make_record(person=people[number], unit=unit, minutes=10 + number), 24)
    with CaptureQueriesContext(connection) as asked:
        taken = actions.make_effective(at=EVENING)

    assert taken == 24
    assert len([query for query in asked if "FROM post" in query["sql"]]) == 1
    credited = dict(Record.objects.values_list("person_id", "credited_minutes"))
    assert credited == {person.pk: 10 + number if number else 0 for number, person in enumerate(people)}
    for person in people:
        assert timebank.balance_of(person).free_minutes == credited[person.pk]


def test_eight_hands_record_the_same_service_once():
    unit, person = make_unit(), make_person()

    records = at_once(lambda _: make_record(person=person, unit=unit, source="signup:A"), 8)

    assert len({record.pk for record in records}) == 1
    assert Record.objects.count() == 1


def test_of_eight_overlapping_records_one_stands():
    unit, person = make_unit(), make_person()

    def work(number: int) -> str:
        try:
            make_record(person=person, unit=unit, starts_at=MORNING + dt.timedelta(minutes=number))
        except Refusal as refusal:
            return refusal.code
        return "recorded"

    assert Counter(at_once(work, 8)) == {"recorded": 1, "overlapping_record": 7}


def test_voiding_while_it_takes_effect_leaves_no_minute_behind():
    unit, person, coordinator = make_unit(), make_person(), make_user()
    record = make_record(person=person, unit=unit)

    def work(number: int) -> None:
        if number:
            actions.void(record=record, by=coordinator, reason="记错", at=EVENING)
        else:
            actions.make_effective(at=EVENING)

    at_once(work, 2)

    record.refresh_from_db()
    assert record.state == Record.State.VOIDED
    assert queries.honour_minutes(person) == timebank.balance_of(person).free_minutes == 0
