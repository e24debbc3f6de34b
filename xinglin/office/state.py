"""Finds out how the installation is: asks the database, the clock, the disk, the backup's note, the certificate."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from xinglin.cities import current, migrating
from xinglin.cities import queries as cities
from xinglin.hours import queries as hours
from xinglin.lib import clock, clock_check
from xinglin.lib.tls import queries as tls
from xinglin.office.readiness import State

BACKUP_NOTE = "status.json"  # written by `python -m xinglin.cli nightly`
HEARTBEAT_WITHIN = dt.timedelta(seconds=60)  # a worker beats every ten seconds
JOBS = """
    SELECT count(*) FILTER (WHERE job.status = 'todo'),
           min(coalesce(job.scheduled_at, deferred.at)) FILTER (WHERE job.status = 'todo'),
           count(*) FILTER (WHERE job.status = 'failed')
    FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_events AS deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
    WHERE job.status = 'failed' OR job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
"""
WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s"

MEANINGS = {
    "database_answers": "1 while the database answers",
    "jobs_waiting": "Jobs that are due and not yet begun",
    "oldest_job_s": "How long the oldest of them has been due, in seconds",
    "jobs_failed": "Jobs that were given up",
    "workers": "Workers whose heart beat in the last minute",
    "records_delayed": "Service records that should have taken effect and have not",
    "oldest_record_delay_s": "By how much the oldest of them is late, in seconds",
    "clock_offset_s": "How far the database's clock is ahead of ours, in seconds",
    "clock_synchronised": "1 while something keeps the clock in step, absent where the kernel may not be asked",
    "backup_age_s": "Age of the last backup that succeeded, in seconds",
    "backup_succeeded": "1 if the last nightly backup succeeded",
    "disk_free_bytes": "Room left where data lies",
    "disk_free_ratio": "The same as a part of the whole",
    "certificate_days": "Days for which the certificate still holds",
}


class StateCollector(Collector):
    """The same figures for a monitor; what cannot be known is left out, so that an alert may ask for absence."""

    def __init__(self, state: State) -> None:
        self.state = state

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for field, meaning in MEANINGS.items():
            value = getattr(self.state, field)
            if value is not None:
                yield GaugeMetricFamily(name_of(field), meaning, value=float(value))


def name_of(field: str) -> str:
    """`oldest_job_s` is `xinglin_oldest_job_seconds` to a monitor."""
    return f"xinglin_{field.removesuffix('_s')}_seconds" if field.endswith("_s") else f"xinglin_{field}"


def look(*, at: dt.datetime, with_migrations: bool = False) -> State:
    """Ask everything once; a database that does not answer is part of the answer."""
    with current.outside():
        return _look(at=at, with_migrations=with_migrations)


def _look(*, at: dt.datetime, with_migrations: bool) -> State:
    facts = {**_clock(), **_backup(settings.BACKUPS, at=at), **_disk(settings.VAR_DIR)}
    facts["certificate_days"] = tls.days_left(settings.TLS_FOLDER, at=at)
    try:
        asked = _database(at=at)
        if with_migrations:
            asked["migrations_missing"] = _migrations_missing()
    except DatabaseError:
        return State(database_answers=False, **facts)
    return State(database_answers=True, **asked, **facts)


def _database(*, at: dt.datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        asked_at = clock.now()
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
        answered_at = clock.now()
        cursor.execute(JOBS, [at])
        waiting, oldest, failed = cursor.fetchone()
        cursor.execute(WORKERS, [at - HEARTBEAT_WITHIN])
        workers = cursor.fetchone()[0]
    delayed, since = _overdue(at=at)
    return {
        "clock_offset_s": clock_check.offset_s(theirs, asked_at=asked_at, answered_at=answered_at),
        "jobs_waiting": waiting,
        "oldest_job_s": _age_s(oldest, at=at),
        "jobs_failed": failed,
        "workers": workers,
        "records_delayed": delayed,
        "oldest_record_delay_s": _age_s(since, at=at),
    }


def _overdue(*, at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """Records of all cities that should have taken effect, and since when the oldest."""
    found = []
    for city in cities.open_cities():
        with current.entered(city):
            found.append(hours.overdue(at=at))
    return sum(delayed for delayed, _ in found), min((since for _, since in found if since), default=None)


def _migrations_missing() -> int:
    """Of the city that lacks most: pages of that one would break."""
    schemas = [city.schema_name for city in cities.open_cities()]
    return max((migrating.missing(schema) for schema in [current.TEMPLATE_SCHEMA, *schemas]), default=0)


def _clock() -> dict[str, Any]:
    return {"clock_synchronised": clock_check.is_synchronised()}


def _disk(folder: Path) -> dict[str, Any]:
    usage = shutil.disk_usage(folder)
    return {"disk_free_bytes": usage.free, "disk_free_ratio": usage.free / usage.total}


def _backup(folder: Path, *, at: dt.datetime) -> dict[str, Any]:
    """What the nights noted about themselves; nothing where none has been."""
    try:
        note = json.loads((folder / BACKUP_NOTE).read_text(encoding="utf-8"))
        success = note.get("last_success")
        age_s = _age_s(dt.datetime.fromisoformat(success["at"]), at=at) if success else None
        return {"backup_succeeded": bool(success) and not note.get("last_failure"), "backup_age_s": age_s}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _age_s(since: dt.datetime | None, *, at: dt.datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since is not None else 0.0
