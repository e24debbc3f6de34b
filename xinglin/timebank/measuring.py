"""Measuring a time bank: the figures of `health` from the ledger, for all members or for those of one unit.

A measurement reads the members' transfers as a whole, so each is kept for its day: whoever looks later that day reads
what was found, and the days before remain to compare with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.db import connection

from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.timebank import health
from xinglin.timebank.health import Figures, Holder, Month
from xinglin.timebank.models import Measurement

LARGEST = 10
REMEMBERED = dt.timedelta(days=7)

# The accounts looked at. A member of two teams is one person; who has left a unit no longer belongs to it.
MEMBERS = """
WITH member AS (
    SELECT a.id, a.person_id, a.kind, a.balance_minutes
      FROM timebank_account a
     WHERE a.kind IN ('member', 'member_held') AND (%(path)s = '' OR a.person_id IN (
        SELECT v.person_id FROM people_volunteer v
          JOIN people_membership m ON m.volunteer_id = v.id AND m.left_on IS NULL
          JOIN organisation_unit u ON u.id = m.unit_id
         WHERE u.path LIKE %(path)s || '%%'))
), holding AS (
    SELECT person_id, sum(balance_minutes) AS minutes FROM member GROUP BY person_id
)
"""

STAND = (
    MEMBERS
    + """
SELECT coalesce(sum(balance_minutes) FILTER (WHERE kind = 'member'), 0),
       coalesce(sum(balance_minutes) FILTER (WHERE kind = 'member_held'), 0),
       (SELECT count(*) FROM holding WHERE minutes > 0)
  FROM member
"""
)

# What came in last is what lies there still: first in, first out. `later` is what came in after a credit.
AGES = (
    MEMBERS
    + """
, incoming AS (
    SELECT m.person_id, t.at, t.minutes,
           sum(t.minutes) OVER (PARTITION BY m.person_id ORDER BY t.at DESC, t.id DESC) - t.minutes AS later
      FROM timebank_transfer t JOIN member m ON m.id = t.payee_id
     WHERE m.kind = 'member' AND t.kind NOT IN ('release', 'lapse', 'reversal')
)
SELECT months.place, coalesce(sum(greatest(0, least(i.minutes, h.minutes - i.later))), 0)
  FROM incoming i JOIN holding h USING (person_id)
 CROSS JOIN LATERAL (
    SELECT count(*) AS place FROM unnest(%(bounds)s::timestamptz[]) AS bound WHERE i.at < bound) AS months
 WHERE i.later < h.minutes
 GROUP BY 1
"""
)

FLOWS = (
    MEMBERS
    + """
SELECT date_trunc('month', t.at AT TIME ZONE %(zone)s)::date AS month,
       coalesce(sum(t.minutes) FILTER (WHERE payer.id IS NULL AND t.kind <> 'reversal'), 0),
       coalesce(sum(t.minutes) FILTER (WHERE payer.id IS NOT NULL AND t.kind = 'settle'), 0),
       coalesce(sum(t.minutes) FILTER (
           WHERE payee.id IS NULL AND t.kind NOT IN ('settle', 'reversal', 'repayment')), 0),
       coalesce(sum(t.minutes) FILTER (WHERE payee.id IS NULL AND t.kind IN ('reversal', 'repayment')), 0),
       coalesce(sum(CASE WHEN payer.id IS NULL THEN t.minutes WHEN payee.id IS NULL THEN -t.minutes END), 0)
  FROM timebank_transfer t
  LEFT JOIN member payer ON payer.id = t.payer_id
  LEFT JOIN member payee ON payee.id = t.payee_id
 WHERE t.at >= %(since)s AND (payer.id IS NOT NULL OR payee.id IS NOT NULL)
 GROUP BY 1
"""
)

PERSONS = (
    MEMBERS
    + """
SELECT (SELECT count(DISTINCT m.person_id) FROM member m
         WHERE EXISTS (SELECT 1 FROM timebank_transfer t WHERE t.payee_id = m.id AND t.kind = 'credit')),
       (SELECT count(DISTINCT m.person_id) FROM member m
         WHERE EXISTS (SELECT 1 FROM timebank_transfer t WHERE t.payer_id = m.id AND t.kind = 'settle'))
"""
)

LARGEST_HOLDERS = (
    MEMBERS
    + """
SELECT coalesce(v.number, ''), h.minutes
  FROM holding h LEFT JOIN people_volunteer v ON v.person_id = h.person_id
 WHERE h.minutes > 0 ORDER BY h.minutes DESC, 1 LIMIT %(largest)s
"""
)


def figures_of(unit: Unit | None, *, at: dt.datetime) -> Figures:
    """The figures of this day for a unit's members (those below it too), or for the whole bank: measured once a day."""
    day = clock.local_day(at)
    kept = Measurement.objects.filter(unit=unit, day=day).first()
    return _read(kept.figures) if kept is not None else measure(unit, at=at)


def lags(unit: Unit, *, at: dt.datetime) -> bool:
    """Did the last measurement of the last days find that spending lags? Nothing is measured for this."""
    scope = None if unit.is_root() else unit
    today = clock.local_day(at)
    recent = Measurement.objects.filter(unit=scope, day__gt=today - REMEMBERED, day__lte=today)
    kept = recent.order_by("-day").first()
    if kept is None:
        return False
    lag_percent = organisation.policy("redemption_lag_percent", unit, at=at)
    return health.judge(_read(kept.figures), today=kept.day, lag_percent=lag_percent).lags


def measure(unit: Unit | None, *, at: dt.datetime) -> Figures:
    """Measure now, and keep it as this day's."""
    figures = _measured(unit.path if unit is not None else "", at=at)
    Measurement.objects.update_or_create(
        unit=unit, day=clock.local_day(at), defaults={"figures": _written(figures), "measured_at": at}
    )
    return figures


def measured_at(unit: Unit | None, *, at: dt.datetime) -> dt.datetime | None:
    """When this day's figures were found."""
    found = Measurement.objects.filter(unit=unit, day=clock.local_day(at))
    return found.values_list("measured_at", flat=True).first()


def _measured(path: str, *, at: dt.datetime) -> Figures:
    today = clock.local_day(at)
    months = health.months_until(today, health.MONTHS_SHOWN + 1)
    asked = {
        "path": path,
        "zone": str(clock.SHANGHAI),
        "since": dt.datetime.combine(months[0], dt.time(), clock.SHANGHAI),
        "bounds": [_months_ago(at, count) for count in health.AGES if count is not None],
        "largest": LARGEST,
    }
    [(free, held, holders)] = _rows(STAND, asked)
    ages = [0] * len(health.AGES)
    for place, minutes in _rows(AGES, asked):
        ages[place] += int(minutes)
    ages[-1] += max(0, int(free + held) - sum(ages))  # what no credit explains is as old as can be
    flows = {row[0]: Month(row[0], *(int(value) for value in row[1:])) for row in _rows(FLOWS, asked)}
    [(earned, spent)] = _rows(PERSONS, asked)
    return Figures(
        free_minutes=int(free),
        held_minutes=int(held),
        holders=holders,
        ages_minutes=tuple(ages),
        ever_earned=earned,
        ever_spent=spent,
        months=tuple(flows.get(month, Month(month)) for month in months),
        largest=tuple(Holder(number, int(minutes)) for number, minutes in _rows(LARGEST_HOLDERS, asked)),
    )


def _months_ago(at: dt.datetime, count: int) -> dt.datetime:
    first = health.months_until(clock.local_day(at), count + 1)[0]
    return dt.datetime.combine(first, dt.time(), clock.SHANGHAI)


def _rows(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())


def _written(figures: Figures) -> dict[str, Any]:
    """As JSON, for the day's row."""
    kept = asdict(figures)
    for month in kept["months"]:
        month["month"] = month["month"].isoformat()
    return kept


def _read(kept: dict[str, Any]) -> Figures:
    months = [{**month, "month": dt.date.fromisoformat(month["month"])} for month in kept["months"]]
    return Figures(
        **{
            **kept,
            "ages_minutes": tuple(kept["ages_minutes"]),
            "months": tuple(Month(**month) for month in months),
            "largest": tuple(Holder(**holder) for holder in kept["largest"]),
        }
    )
