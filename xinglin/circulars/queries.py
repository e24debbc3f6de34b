"""Reads about circulars: what reaches somebody, and how many have read it, unit by unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xinglin.circulars.models import Circular, Reach, Receipt
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules
from xinglin.organisation.models import Unit

AT_WORK = sorted(rules.STAFF | {"team_leader", "clerk"})  # to whom a circular for staff goes
LEVELS_BELOW = 2


def reaching(user: Any, *, at: dt.datetime) -> QuerySet[Circular]:
    """Circulars for this person: those that reach the unit of a role, written since they came; the newest first."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Circular.objects.none()
    mine = Circular.objects.filter(_meant_for(user, at=at), withdrawn_at__isnull=True)
    has_read = Exists(Receipt.objects.filter(circular=OuterRef("pk"), user=user))
    return mine.select_related("unit", "written_by").annotate(is_read=has_read).order_by("-written_at", "-pk")


def unread(user: Any, *, at: dt.datetime) -> QuerySet[Circular]:
    """What this person has not opened yet; one does not read one's own."""
    opened = Receipt.objects.filter(circular=OuterRef("pk"), user=user)
    return reaching(user, at=at).filter(~Exists(opened)).exclude(written_by=user)


def unread_of(user_field: str, *, at: dt.datetime) -> Coalesce:
    """How many somebody has not opened yet, as a column: for a query about people that is asked anyway."""
    user = OuterRef(OuterRef(user_field))
    opened = Receipt.objects.filter(circular=OuterRef("pk"), user=user)
    theirs = Circular.objects.filter(_meant_for(user, at=at), ~Exists(opened), withdrawn_at__isnull=True)
    counted = theirs.exclude(written_by=OuterRef(user_field)).annotate(count=Func(F("pk"), function="count"))
    return Coalesce(Subquery(counted.values("count")), 0)


def _meant_for(user: Any, *, at: dt.datetime) -> Exists:
    """A condition on circulars: this person holds a role at a unit that it reaches, and held it when it was written."""
    role = "unit__roles"
    held = Reach.objects.filter(
        Q(**{f"{role}__ends_at__isnull": True}) | Q(**{f"{role}__ends_at__gt": at}),
        Q(**{f"{role}__name__in": AT_WORK}) | Q(circular__audience=Circular.Audience.EVERYBODY),
        **{f"{role}__user": user, f"{role}__starts_at__lte": OuterRef("written_at")},
        circular=OuterRef("pk"),
    )
    return Exists(held)


def written_in_scope(user: Any) -> QuerySet[Circular]:
    """Circulars of the units for which the user may write, the newest first."""
    units = organisation.units_where(user, "write_circular")
    return Circular.objects.filter(unit__in=units).select_related("unit", "written_by").order_by("-written_at", "-pk")


def not_laid_out(*, since: dt.datetime) -> QuerySet[Circular]:
    """Circulars of which nobody has written down yet which units they reach."""
    reached = Reach.objects.filter(circular=OuterRef("pk"))
    return Circular.objects.filter(~Exists(reached), written_at__gte=since, withdrawn_at__isnull=True).order_by("pk")


@dataclass(frozen=True)
class Share:
    """Of how many people of a unit and everything below it so many have read a circular."""

    unit: Unit
    level: int
    reached: int
    read: int

    @property
    def percent(self) -> int:
        return self.read * 100 // self.reached if self.reached else 0

    @property
    def indent(self) -> str:
        """Full-width blanks: a strict policy of styles allows no margin of one's own."""
        return "\u3000" * self.level


def shares(circular: Circular) -> list[Share]:
    """How many it reaches and how many have read it: for its unit and two levels below. Each person counts once."""
    top = circular.unit
    below: dict[int, list[Unit]] = {}
    above = [top]
    for _level in range(LEVELS_BELOW):
        reaches = circular.reaches.filter(above__in=above).select_related("unit").order_by("unit__path")
        for reach in reaches:
            assert reach.above_id is not None, "asked for by what stands above"
            below.setdefault(reach.above_id, []).append(reach.unit)
        above = [unit for one in above for unit in below.get(one.pk, [])]
    placed = list(_in_tree_order(top, below, 0))
    counted = _counted(circular, {unit.pk for unit, _level in placed})
    return [Share(unit, level, *counted.get(unit.pk, (0, 0))) for unit, level in placed]


def _in_tree_order(unit: Unit, below: dict[int, list[Unit]], level: int) -> Iterator[tuple[Unit, int]]:
    yield unit, level
    if level < LEVELS_BELOW:
        for one in below.get(unit.pk, []):
            yield from _in_tree_order(one, below, level + 1)


def _counted(circular: Circular, units: Collection[int]) -> dict[int, tuple[int, int]]:
    """By the key of a unit: how many people it and all below it had when this was written, and how many read it."""
    values: dict[str, Any] = {
        "circular": circular.pk,
        "units": sorted(units),
        "names": AT_WORK if circular.audience == Circular.Audience.STAFF else list(rules.ROLES),
        "at": circular.written_at,
        "writer": circular.written_by_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, values)
        return {unit: (reached, read) for unit, reached, read in cursor.fetchall()}


# Persons are gathered once, with whether they have read it; then counted at each unit asked for and all below it.
_COUNTED = """
WITH RECURSIVE part (top, unit_id) AS (
    SELECT unit, unit FROM unnest(%(units)s::bigint[]) AS unit
    UNION
    SELECT part.top, reach.unit_id
    FROM part JOIN circulars_reach reach ON reach.above_id = part.unit_id AND reach.circular_id = %(circular)s
), person AS (
    SELECT DISTINCT role.unit_id, role.user_id, receipt.id IS NOT NULL AS has_read
    FROM organisation_role role
    LEFT JOIN circulars_receipt receipt ON receipt.circular_id = %(circular)s AND receipt.user_id = role.user_id
    WHERE role.unit_id IN (SELECT unit_id FROM part) AND role.name = ANY(%(names)s) AND role.user_id <> %(writer)s
      AND role.starts_at <= %(at)s AND (role.ends_at IS NULL OR role.ends_at > %(at)s)
)
SELECT part.top, count(DISTINCT user_id), count(DISTINCT user_id) FILTER (WHERE has_read)
FROM part JOIN person USING (unit_id)
GROUP BY part.top
"""
