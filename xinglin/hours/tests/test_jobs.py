"""The worker's minute: what is due takes effect, in rounds."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django import app

from conftest import at
from xinglin.hours import actions, jobs, queries
from xinglin.hours.tests.factories import make_record
from xinglin.people.tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_each_minute_lets_all_that_is_due_take_effect(hospital, now_is, monkeypatch):
    people = [make_person() for _ in range(5)]
    for person in people:
        make_record(person=person, unit=hospital)
    monkeypatch.setattr(actions, "LARGEST_ROUND", 2)
    now_is(at("20:00"))

    done = jobs.make_effective(timestamp=0)

    assert done == 5
    assert [queries.honour_minutes(person) for person in people] == [60] * 5


def test_the_worker_knows_the_job_and_its_minute():
    assert "hours.make_effective" in app.tasks
    [periodic] = [
        task
        for task in app.periodic_registry.periodic_tasks.values()
        if task.task.name == "hours.make_effective.everywhere"
    ]
    assert periodic.cron == "* * * * *"
