"""Schemes, stars and served hours for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.hours.models import Record
from xinglin.hours.tests.factories import make_record
from xinglin.recognition import actions
from xinglin.recognition.models import Grant, Scheme

_numbers = count(1)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def make_scheme(*, unit: Any, hours: tuple[int, ...] = (20, 30, 50), starts_at: dt.datetime = LONG_AGO) -> Scheme:
    return actions.set_scheme(
        unit=unit, name="星级志愿者办法", hours_per_star=hours, starts_at=starts_at, set_by=None, at=starts_at
    )


def serve(person: Any, hours: int, *, unit: Any, effective_at: dt.datetime | None = None) -> Record:
    """An effective record of so many hours, long ago; no two of them overlap."""
    starts_at = LONG_AGO + dt.timedelta(days=60 * next(_numbers) % 2000, minutes=next(_numbers))
    record = make_record(person=person, unit=unit, minutes=hours * 60, starts_at=starts_at)
    record.state, record.effective_at = Record.State.EFFECTIVE, effective_at or record.ends_at
    record.save(update_fields=["state", "effective_at"])
    return record


def make_star(person: Any, *, scheme: Scheme, level: int = 1, at: dt.datetime = NOON, days: int = 0) -> Grant:
    """A star as the job would grant it, published for so many days."""
    return Grant.objects.create(
        person=person,
        scheme=scheme,
        unit=scheme.unit,
        level=level,
        reached_at=at,
        granted_at=at,
        published_until=at + dt.timedelta(days=days),
    )
