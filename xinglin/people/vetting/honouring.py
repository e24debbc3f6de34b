"""培训互认: where a training that somebody passed counts, and the verbs by which a unit says whose training it honours.

What was passed counts in the same house, above it and below it: there it is the same hands that answer for it. At any
other house it counts while that one, or a unit above it, says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from xinglin.audit import actions as audit
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.people.models import Gate, Honour
from xinglin.people.vetting import errors, rules


def counted(rows: Sequence[Gate], unit: Unit) -> list[tuple[Gate, str]]:
    """Of passed trainings those that count at a unit; beside each the name of the house that is honoured for it."""
    elsewhere = [row.unit for row in rows if row.unit is not None and row.unit_id != unit.pk]
    if not elsewhere:
        return [(row, "") for row in rows]
    houses = organisation.houses_of([*elsewhere, unit])
    honoured = _honoured_at(unit)
    found = []
    for row in rows:
        if row.unit is None or _is_own(row.unit, unit, houses):
            found.append((row, ""))
        elif any(row.unit.path.startswith(path) for path in honoured):
            found.append((row, houses[row.unit.pk].name))
    return found


def kept_by(user: Any) -> QuerySet[Honour]:
    """What the user's units honour now, the latest first."""
    mine = organisation.reaches(user, "keep_vetting", "unit__path")
    rows = Honour.objects.filter(mine, ended_at__isnull=True).select_related("unit", "of_unit", "made_by")
    return rows.order_by("-made_at", "-pk")


@transaction.atomic
def honour(*, unit: Unit, of_unit: Unit, by: Any, at: dt.datetime) -> Honour:
    """From now on what is passed there counts here."""
    if rules.is_own_line(of_unit.path, unit.path):
        raise errors.HonouredAnyway
    try:
        with transaction.atomic():
            made = Honour.objects.create(unit=unit, of_unit=of_unit, made_by=by, made_at=at)
    except IntegrityError as standing:
        raise errors.HonouredAlready from standing
    _note("honoured_training", made, by=by, at=at)
    return made


@transaction.atomic
def end(*, honour: Honour, by: Any, at: dt.datetime) -> None:
    """From now on it does not count for new sign-ups; places that were taken stay taken. Twice is once."""
    if Honour.objects.filter(pk=honour.pk, ended_at__isnull=True).update(ended_at=at, ended_by=by):
        _note("stopped_honouring_training", honour, by=by, at=at)


def _is_own(passed_at: Unit, unit: Unit, houses: Mapping[int, Unit]) -> bool:
    """Above, below, or in the same house."""
    same_line = rules.is_own_line(passed_at.path, unit.path)
    return same_line or houses[passed_at.pk] == houses[unit.pk]


def _honoured_at(unit: Unit) -> list[str]:
    chain = organisation_rules.chain_of(unit.path, step=Unit.steplen)
    rows = Honour.objects.filter(unit__path__in=chain, ended_at__isnull=True)
    return list(rows.values_list("of_unit__path", flat=True))


def _note(verb: str, honour: Honour, *, by: Any, at: dt.datetime) -> None:
    facts = {"of": honour.of_unit.code}
    thing = f"unit:{honour.unit.code}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=honour.unit.path, facts=facts, at=at)
