"""Which figures somebody should look at, and which keep the house from answering."""

from __future__ import annotations

import pytest

from xinglin.office.readiness import State, complaints, may_serve

FINE = State(
    database_answers=True,
    migrations_missing=0,
    jobs_waiting=3,
    oldest_job_s=4.0,
    workers=1,
    clock_offset_s=-0.2,
    clock_synchronised=True,
    backup_age_s=3600.0,
    backup_succeeded=True,
    disk_free_ratio=0.5,
    certificate_days=200.0,
)
TROUBLE = [
    ({"database_answers": False}, "database_down"),
    ({"migrations_missing": 1}, "migrations_missing"),
    ({"oldest_job_s": 301.0}, "jobs_wait_long"),
    ({"workers": 0}, "no_worker"),
    ({"oldest_record_delay_s": 901.0}, "records_delayed"),
    ({"clock_offset_s": -2.1}, "clock_differs_from_database"),
    ({"clock_synchronised": False}, "clock_not_synchronised"),
    ({"backup_succeeded": False}, "backup_failed"),
    ({"backup_age_s": 27 * 3600.0}, "backup_old"),
    ({"disk_free_ratio": 0.09}, "disk_nearly_full"),
    ({"certificate_days": 13.0}, "certificate_ends_soon"),
]
KEEPS_FROM_ANSWERING = {"database_down", "migrations_missing"}


def test_of_a_house_in_order_nothing_is_said():
    assert complaints(FINE) == []
    assert may_serve(FINE)


def test_what_cannot_be_known_is_no_complaint():
    assert complaints(State(database_answers=True)) == []


@pytest.mark.parametrize(("change", "word"), TROUBLE, ids=[word for _change, word in TROUBLE])
def test_each_trouble_has_its_word(change, word):
    state = State(**{**FINE.__dict__, **change})

    assert complaints(state) == [word]
    assert may_serve(state) is (word not in KEEPS_FROM_ANSWERING)
