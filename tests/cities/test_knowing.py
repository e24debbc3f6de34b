"""Caches, files, logs and jobs know their city."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from conftest import at
from xinglin.cities import actions, current, jobs, queries
from xinglin.cities.errors import CityClosed, NoSuchCity
from xinglin.cities.files import CityStorage
from xinglin.hours import jobs as hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def yueqing():
    return actions.create(slug="yueqing", name="乐清市", at=at("09:00"))


@pytest.fixture
def wander():
    """A task that notes where it ran."""
    seen: list[str] = []
    task = jobs.task(name="tests.wander")(lambda note="": seen.append(f"{current.slug()}{note}"))
    task.seen = seen
    yield task
    app.tasks.pop("tests.wander", None)


def test_one_key_is_two_entries_in_two_cities(yueqing):
    cache.set("count", 3)

    with current.entered(yueqing):
        assert cache.get("count") is None
        cache.set("count", 5)

    assert cache.get("count") == 3
    cache.clear()


def test_files_lie_in_the_folder_of_their_city(yueqing, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    storage = CityStorage()
    storage.save("proofs/a.txt", ContentFile(b"ours"))

    with current.entered(yueqing):
        assert not storage.exists("proofs/a.txt")
        storage.save("proofs/a.txt", ContentFile(b"theirs"))

    assert (tmp_path / "city_tested" / "proofs" / "a.txt").read_bytes() == b"ours"
    assert (tmp_path / "city_yueqing" / "proofs" / "a.txt").read_bytes() == b"theirs"


def test_outside_of_all_cities_no_file_can_be_opened(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    with current.outside(), pytest.raises(AssertionError):
        CityStorage().exists("proofs/a.txt")


def test_each_line_of_the_log_names_its_city(caplog, yueqing):
    log = logging.getLogger("xinglin.tests")
    with caplog.at_level(logging.INFO):
        log.info("here")
        with current.entered(yueqing):
            log.info("there")
        with current.outside():
            log.info("nowhere")

    assert [record.city for record in caplog.records] == ["tested", "yueqing", "-"]


def test_a_job_runs_in_the_city_it_was_deferred_in(wander, yueqing):
    queue = InMemoryConnector()
    with app.replace_connector(queue), current.entered(yueqing):
        wander.defer(note="!")
    [job] = queue.jobs.values()

    with current.outside():
        app.tasks["tests.wander"].func(**job["args"])

    assert wander.seen == ["yueqing!"]
    assert current.slug() == "tested"


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_each_job_in_its_own_city(wander):
    for slug in ("local", "tested", "local"):
        with current.entered(queries.by_slug(slug)):
            wander.defer()

    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1)

    assert wander.seen == ["local", "tested", "local"]


def test_a_job_lies_in_the_queue_that_all_cities_share(wander):
    wander.defer(note="?")

    with current.outside():
        [job] = ProcrastinateJob.objects.filter(task_name="tests.wander")
    assert job.args == {"city": "city_tested", "note": "?"}


def test_a_job_of_an_action_that_failed_is_not_there(wander):
    with suppress(ZeroDivisionError), transaction.atomic():
        wander.defer()
        raise ZeroDivisionError

    assert not ProcrastinateJob.objects.filter(task_name="tests.wander").exists()


def test_with_a_lock_one_job_waits_in_each_city(wander, yueqing):
    with app.replace_connector(InMemoryConnector()):
        with current.entered(yueqing):
            assert wander.defer(lock="once")
        assert wander.defer(lock="once")
        assert not wander.defer(lock="once")


def test_a_job_cannot_run_in_the_wrong_city(wander, yueqing):
    run = app.tasks["tests.wander"].func

    with pytest.raises(TypeError):
        run()  # one that names no city
    with pytest.raises(NoSuchCity):
        run(city="public")
    with pytest.raises(NoSuchCity):
        run(city="_template")
    actions.close(city=yueqing, at=at("10:00"))
    with pytest.raises(CityClosed):
        run(city="city_yueqing")

    assert wander.seen == []


def test_outside_of_all_cities_nothing_is_deferred(wander):
    with current.outside(), pytest.raises(AssertionError):
        wander.defer()


def test_the_clock_wakes_every_open_city_once(yueqing):
    actions.close(city=actions.create(slug="shut", name="关市", at=at("09:00")), at=at("10:00"))
    everywhere = app.tasks["hours.make_effective.everywhere"].func

    queue = InMemoryConnector()
    with app.replace_connector(queue), current.outside():
        everywhere(timestamp=0)
        everywhere(timestamp=60)  # the first ones still wait
    cities = sorted(job["args"]["city"] for job in queue.jobs.values())

    assert cities == ["city_local", "city_tested", "city_yueqing"]


def test_a_task_called_directly_runs_here_and_now():
    assert hours.make_effective(timestamp=0) == 0


def test_every_job_of_ours_is_one_of_a_city():
    own = {name for name in app.tasks if not name.startswith(("builtin", "procrastinate"))}
    strays = {
        name
        for name in own
        if not name.endswith((jobs.SPREAD, jobs.OUTSIDE)) and "_run" not in app.tasks[name].func.__name__
    }

    assert "hours.make_effective" in own
    assert strays == set(), "define these by xinglin.cities.jobs"
