"""Service records for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.hours import actions
from xinglin.hours.models import Record
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_person

_numbers = count(1)
MORNING = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)  # 9:00 in China


def make_record(*, person: Any = None, unit: Any = None, minutes: int = 60, **fields: Any) -> Record:
    """A record made by the action itself: an hour from nine, seen by code, written down when it ended."""
    starts_at = fields.pop("starts_at", MORNING)
    ends_at = fields.pop("ends_at", starts_at + dt.timedelta(minutes=minutes))
    facts = {
        "source": f"signup:T{next(_numbers)}",
        "title": "门诊导医 · 一楼大厅",
        "category": "08",
        "provenance": Record.Provenance.CODE,
        "recorded_by": None,
        "at": ends_at,
    }
    return actions.record_service(
        person=person or make_person(),
        unit=unit or make_unit(),
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        **(facts | fields),
    )
