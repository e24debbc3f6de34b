"""The pages for monitors: figures without anything personal, and only for whom the settings name."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from conftest import at
from xinglin.hours.tests.factories import make_record
from xinglin.lib import metrics
from xinglin.office import state

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.7"
TOKEN = "a-token-of-thirty-two-letters-or-more"


@pytest.fixture(params=["/metrics", "/ready/"])
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def figures(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_this_machine_may_look(client: Client, page: str):
    assert client.get(page).status_code == 200


def test_for_a_stranger_there_is_no_such_page(client: Client, page: str):
    assert client.get(page, REMOTE_ADDR=ELSEWHERE).status_code == 404


def test_a_network_that_the_settings_name_may_look(client: Client, page: str, settings: Any):
    settings.MONITORS = ["203.0.113.0/24"]

    assert client.get(page, REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_behind_the_proxy_the_visitors_own_address_counts(client: Client, page: str, settings: Any):
    settings.PROXIES = 1

    assert client.get(page, headers={"X-Forwarded-For": ELSEWHERE}).status_code == 404
    assert client.get(page, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


def test_a_proxy_that_the_settings_do_not_know_is_nobody(client: Client, page: str):
    assert client.get(page, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    ("shown", "status"), [(f"Bearer {TOKEN}", 200), ("Bearer wrong", 404), (f"Basic {TOKEN}", 404), ("", 404)]
)
def test_from_elsewhere_the_token_opens(client: Client, page: str, settings: Any, shown: str, status: int):
    settings.MONITOR_TOKEN = TOKEN

    answer = client.get(page, REMOTE_ADDR=ELSEWHERE, headers={"Authorization": shown})

    assert answer.status_code == status


def test_without_a_token_in_the_settings_none_opens(client: Client, page: str):
    assert client.get(page, REMOTE_ADDR=ELSEWHERE, headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_the_name_of_their_route(client: Client):
    before = figures(client.get("/metrics").content.decode())

    client.get("/shifts/NOTTHERE/")
    client.get("/no/such/page/")

    after = figures(client.get("/metrics").content.decode())
    shift = 'xinglin_requests_total{city="tested",method="GET",route="activities:shift",status="404"}'
    nowhere = 'xinglin_requests_total{city="tested",method="GET",route="none",status="404"}'
    assert after[shift] - before.get(shift, 0) == 1
    assert after[nowhere] - before.get(nowhere, 0) == 1
    assert after['xinglin_request_seconds_count{route="activities:shift"}'] >= 1


def test_a_made_up_method_is_no_new_label(client: Client):
    client.generic("FROBNICATE", "/")

    assert "FROBNICATE" not in client.get("/metrics").content.decode()


def test_a_late_record_is_counted_and_its_person_is_not_named(client: Client, lin: Any, blue: Any, now_is: Any):
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00"))
    type(record).objects.filter(pk=record.pk).update(state="publicised", takes_effect_at=at("12:00"))
    now_is(at("12:20"))

    text = client.get("/metrics").content.decode()

    assert figures(text)["xinglin_records_delayed"] == 1
    assert figures(text)["xinglin_oldest_record_delay_seconds"] == 20 * 60
    assert not [secret for secret in ("林晓", lin.number, record.code) if secret in text]


def test_every_figure_has_a_meaning_and_monitors_can_read_them_all(client: Client):
    families = {family.name for family in text_string_to_metric_families(client.get("/metrics").content.decode())}

    asked = {
        state.name_of(field) for field in ("database_answers", "jobs_waiting", "clock_offset_s", "disk_free_ratio")
    }
    assert asked <= families
    assert set(state.MEANINGS) == set(state.State.__dataclass_fields__) - {"migrations_missing"}


def test_without_a_database_the_figures_say_so(client: Client, monkeypatch: pytest.MonkeyPatch):
    def down(**_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(state, "_database", down)

    ready = client.get("/ready/")

    assert ready.status_code == 503
    assert "database_down" in ready.json()["complaints"]
    assert figures(client.get("/metrics").content.decode())["xinglin_database_answers"] == 0


def test_the_nights_note_is_read(client: Client, settings: Any, tmp_path: Any, now_is: Any):
    settings.BACKUPS = tmp_path
    made = at("02:10")
    (tmp_path / "status.json").write_text(json.dumps({"last_success": {"at": made.isoformat()}, "last_failure": None}))
    now_is(made + dt.timedelta(hours=30))

    answer = client.get("/ready/").json()

    assert answer["backup_age_s"] == 30 * 3600
    assert answer["backup_succeeded"] is True
    assert "backup_old" in answer["complaints"]


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"last_success": {"at": "yesterday"}}', '{"last_success": 7}'])
def test_a_note_that_makes_no_sense_breaks_nothing(client: Client, settings: Any, tmp_path: Any, note: str, page: str):
    settings.BACKUPS = tmp_path
    (tmp_path / "status.json").write_text(note)

    assert client.get(page).status_code == 200


def test_figures_of_several_processes_are_added(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    count = "metrics.REQUESTS.labels('tested', 'a', 'GET', '200').inc(); metrics.POOL.labels('open').set(3)"
    environment = {**os.environ, metrics.FOLDER: str(tmp_path), "DJANGO_SETTINGS_MODULE": "xinglin.settings"}
    for _process in range(2):
        subprocess.run([sys.executable, "-c", f"from xinglin.lib import metrics; {count}"], env=environment, check=True)
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))

    found = figures(metrics.as_text().decode())

    assert found['xinglin_requests_total{city="tested",method="GET",route="a",status="200"}'] == 2
    assert 'xinglin_pool_connections{state="open"}' not in found, (
        "both processes are gone, and their connections with them"
    )
