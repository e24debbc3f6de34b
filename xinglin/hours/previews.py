"""What a policy about crediting would have changed for the records of the last weeks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.hours import rules
from xinglin.hours.models import Record
from xinglin.hours.rules import State
from xinglin.lib import clock
from xinglin.organisation import previews
from xinglin.organisation import queries as organisation
from xinglin.organisation.previews import Preview, Question
from xinglin.timebank import reckoning

NAMES = ("credited_provenance", "credit_rates", "daily_credit_minutes")


def look(question: Question) -> Preview:
    """What the time bank would take of the records of the last weeks, today's policy beside the new one."""
    units = list(organisation.units_ruled_by(question.name, question.unit))
    values = organisation.policy_values(NAMES, units, at=question.at)
    changed = {key: found | {question.name: question.value} for key, found in values.items()}
    rows = list(_records(units, since=question.at - dt.timedelta(days=previews.DAYS)))
    return previews.preview_of(
        _credited(rows, values), _credited(rows, changed), counted=_("最近30天的记录存入时间银行的分钟")
    )


def _records(units: Iterable[Any], *, since: dt.datetime) -> Iterable[tuple[Any, ...]]:
    records = Record.objects.filter(unit__in=units, starts_at__gte=since).exclude(state=State.VOIDED)
    facts = ("person__volunteer__number", "unit_id", "starts_at", "minutes", "category", "provenance")
    return records.filter(person__volunteer__isnull=False).order_by("starts_at", "pk").values_list(*facts)


def _credited(rows: Iterable[tuple[Any, ...]], values: dict[int, dict[str, Any]]) -> dict[str, int]:
    """Minutes by volunteer number, as the time bank would reckon them: with remainders and the limit of each day."""
    credited: dict[str, int] = defaultdict(int)
    carried: dict[str, int] = defaultdict(int)
    of_day: dict[tuple[str, dt.date], int] = defaultdict(int)
    for number, unit_id, starts_at, minutes, category, provenance in rows:
        terms = rules.Terms(undo_minutes=0, publication_days=0, rounding="none", **values[unit_id])
        credited[number] += 0
        if not rules.is_credited(minutes=minutes, provenance=provenance, category=category, terms=terms):
            continue
        day = (number, clock.local_day(starts_at))
        found = reckoning.reckon(
            minutes,
            reckoning.Terms(
                rate_percent=terms.rate_percent(category), daily_limit_minutes=terms.daily_credit_minutes or None
            ),
            reckoning.Standing(carried_hundredths=carried[number], day_minutes=of_day[day]),
        )
        carried[number] = found.carried_hundredths
        of_day[day] += found.taken_minutes
        credited[number] += found.credited_minutes
    return dict(credited)
