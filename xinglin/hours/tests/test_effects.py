"""What takes effect is noted by the database, once, and compared with the record afterwards."""

from __future__ import annotations

import pytest
from django.db import connection

from conftest import at
from xinglin.audit.models import Stretch
from xinglin.audit.tests.factories import seal_everything
from xinglin.hours import actions, effects
from xinglin.hours.models import Effect, Record
from xinglin.hours.tests.factories import make_record
from xinglin.people.tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = at("20:00")


def made_effective() -> Record:
    record = make_record(minutes=60)
    actions.make_effective(at=EVENING)
    record.refresh_from_db()
    assert record.state == "effective"
    return record


def test_a_record_that_waits_is_not_noted():
    make_record()

    assert not Effect.objects.exists()


def test_a_record_that_takes_effect_is_noted_once_as_it_stands_at_the_end():
    record = made_effective()

    effect = Effect.objects.get()
    assert (effect.record_code, effect.state, effect.minutes, effect.credited_minutes) == (
        record.code,
        "effective",
        60,
        record.credited_minutes,
    )
    assert (effect.person_code, effect.unit_code) == (record.person.code, record.unit.code)
    assert effect.effective_at == record.effective_at


def test_voiding_is_noted_beside_it(wang):
    record = made_effective()

    actions.void(record=record, by=wang, reason="重复登记", at=EVENING)

    assert list(Effect.objects.order_by("pk").values_list("state", "credited_minutes")) == [
        ("effective", 60),
        ("voided", 0),
    ]
    assert Effect.objects.last().void_reason == "重复登记"


def test_a_record_that_is_voided_before_its_effect_is_not_noted(wang):
    actions.void(record=make_record(), by=wang, reason="填错了", at=EVENING)

    assert not Effect.objects.exists()


def test_effects_are_sealed():
    made_effective()

    seal_everything()

    assert Stretch.objects.get(source="record").row_ids == [Effect.objects.get().pk]


def test_honest_records_are_as_their_effects_say(wang):
    made_effective()
    actions.void(record=made_effective(), by=wang, reason="重复登记", at=EVENING)
    make_record()

    assert list(effects.differing()) == []


@pytest.mark.parametrize(
    "column", ["minutes", "credited_minutes", "provenance", "title", "starts_at", "state", "person_id", "confirmed_at"]
)
def test_a_record_changed_behind_the_database_is_named_with_its_column(column):
    record, other = made_effective(), make_person()
    values = {"minutes": "59", "credited_minutes": "61", "provenance": "'nod'", "title": "'x'", "state": "'publicised'"}
    values |= {"starts_at": "starts_at - interval '1 s'", "person_id": str(other.pk), "confirmed_at": "now()"}

    behind_the_triggers(f"UPDATE hours_record SET {column} = {values[column]} WHERE code = '{record.code}'")

    [(where, what)] = effects.differing()
    assert where == f"record {record.code}"
    assert column.replace("person_id", "person_code") in what


def test_a_record_taken_away_is_missed():
    record = made_effective()

    behind_the_triggers(f"DELETE FROM hours_record WHERE code = '{record.code}'")

    assert list(effects.differing()) == [(f"record {record.code}", "was in effect, and is gone")]


def test_a_record_slipped_in_is_noticed():
    record = make_record()

    behind_the_triggers(f"UPDATE hours_record SET state = 'effective' WHERE code = '{record.code}'")

    assert list(effects.differing()) == [(f"record {record.code}", "is in effect, and nothing was noted of it")]


def behind_the_triggers(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE hours_record DISABLE TRIGGER USER")
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("ALTER TABLE hours_record ENABLE TRIGGER USER")
