"""Sixteen threads, eight cities, twenty thousand mixed requests: never a row of another city. Then behind pgbouncer."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tests.cities.mixing import mix, populate, tidy

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

SLUGS = ["anji", "beilun", "cixi", "deqing", "fenghua", "haining", "jiande", "kecheng"]
THREADS, REQUESTS = 16, 20_000
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
PORT = "6543"
NOBODY = 65534
SERVER_CONNECTIONS = 6  # fewer than threads, so that they are handed on all the time


@pytest.fixture
def sessions(transactional_db: None, settings: Any) -> Iterator[dict[str, str]]:
    settings.ALLOWED_HOSTS = ["*"]
    yield populate(SLUGS)
    tidy(SLUGS)


@pytest.fixture
def behind_pgbouncer(sessions: dict[str, str]) -> Iterator[None]:
    """From here on each request opens a connection of its own, to a pgbouncer in session mode with few servers."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="xl-"))
    folder.chmod(0o777)
    process = _start_pgbouncer(folder)
    wrapper, before = connection, dict(connection.settings_dict)
    _lead_to(wrapper, {"HOST": str(folder), "PORT": PORT, "OPTIONS": _without_pool(before["OPTIONS"])})
    yield
    _lead_to(wrapper, before)
    process.terminate()
    process.wait(timeout=20)
    shutil.rmtree(folder)


def test_sixteen_threads_in_eight_cities_see_no_strangers(sessions: dict[str, str]):
    counts = mix(sessions, threads=THREADS, requests=REQUESTS)

    assert sum(counts.values()) == REQUESTS
    print(f"\n{counts}")


def test_nor_do_they_behind_pgbouncer(sessions: dict[str, str], behind_pgbouncer: None):
    counts = mix(sessions, threads=THREADS, requests=REQUESTS, seed=11)

    assert sum(counts.values()) == REQUESTS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        print(f"\n{counts}, {cursor.fetchone()[0]} server connections")


def _start_pgbouncer(folder: Path) -> subprocess.Popen[bytes]:
    """As docs/OPERATIONS.md says: session pooling, and everything forgotten between two clients."""
    database = connection.settings_dict
    where = f"host={database['HOST'] or '/var/run/postgresql'} port={database['PORT'] or 5432}"
    said = f"""
[databases]
{database["NAME"]} = {where} dbname={database["NAME"]} user={database["USER"]} password={database["PASSWORD"] or "-"}
[pgbouncer]
listen_addr =
listen_port = {PORT}
unix_socket_dir = {folder}
auth_type = any
pool_mode = session
server_reset_query = DISCARD ALL
default_pool_size = {SERVER_CONNECTIONS}
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
"""
    (folder / "pgbouncer.ini").write_text(said, encoding="utf-8")
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    process = subprocess.Popen(
        [str(PGBOUNCER), "-q", str(folder / "pgbouncer.ini")], stdin=subprocess.DEVNULL, **as_nobody
    )
    give_up_at = time.monotonic() + 10
    while not (folder / f".s.PGSQL.{PORT}").exists():
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
    return process


def _without_pool(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "pool"}


def _lead_to(wrapper: Any, settings: dict[str, Any]) -> None:
    """Point this thread's connection elsewhere, and those that other threads will open."""
    wrapper.close()
    wrapper.close_pool()
    connections["default"].settings_dict.update(settings)
    connections.settings["default"].update(settings)
