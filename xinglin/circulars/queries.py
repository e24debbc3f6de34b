"""Reads about circulars: what reaches somebody, and how many have read it, unit by unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left, Length

from xinglin.circulars.models import Circular, Receipt
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules
from xinglin.organisation.models import Role, Unit

AT_WORK = sorted(rules.STAFF | {"team_leader", "clerk"})  # to whom a circular for staff goes


def reaching(user: Any, *, at: dt.datetime) -> QuerySet[Circular]:
    """Circulars for this person: of the units above each of their roles, written since they came; the newest first."""
    scope = Q(pk__in=[])
    for role in organisation.roles_of(user, at=at):
        above = Q(unit__path__in=rules.chain_of(role.unit.path, step=Unit.steplen))
        since = Q(written_at__gte=role.starts_at)
        audience = Q() if role.name in AT_WORK else Q(audience=Circular.Audience.EVERYBODY)
        scope |= above & since & audience
    mine = Circular.objects.filter(scope, withdrawn_at__isnull=True).select_related("unit", "written_by")
    has_read = Exists(Receipt.objects.filter(circular=OuterRef("pk"), user=user))
    return mine.annotate(is_read=has_read).order_by("-written_at", "-pk")


def unread(user: Any, *, at: dt.datetime) -> QuerySet[Circular]:
    """What this person has not opened yet; one does not read one's own."""
    opened = Receipt.objects.filter(circular=OuterRef("pk"), user=user)
    return reaching(user, at=at).filter(~Exists(opened)).exclude(written_by=user)


def unread_of(user_field: str, *, at: dt.datetime) -> Coalesce:
    """How many somebody has not opened yet, as a column: for a query about people that is asked anyway."""
    user = OuterRef(OuterRef(user_field))
    held = Role.objects.filter(user=user, starts_at__lte=OuterRef("written_at"))
    held = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    held = held.alias(above=Left("unit__path", Length(OuterRef("unit__path")))).filter(above=OuterRef("unit__path"))
    audience = ExpressionWrapper(OuterRef("audience"), output_field=CharField())
    held = held.alias(audience=audience).filter(Q(name__in=AT_WORK) | Q(audience=Circular.Audience.EVERYBODY))
    opened = Receipt.objects.filter(circular=OuterRef("pk"), user=user)
    theirs = Circular.objects.filter(Exists(held), ~Exists(opened), withdrawn_at__isnull=True)
    counted = theirs.exclude(written_by=OuterRef(user_field)).annotate(count=Func(F("pk"), function="count"))
    return Coalesce(Subquery(counted.values("count")), 0)


def written_in_scope(user: Any) -> QuerySet[Circular]:
    """Circulars of the units for which the user may write, the newest first."""
    units = organisation.units_where(user, "write_circular")
    return Circular.objects.filter(unit__in=units).select_related("unit", "written_by").order_by("-written_at", "-pk")


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
    names = AT_WORK if circular.audience == Circular.Audience.STAFF else list(rules.ROLES)
    values = {
        "step": Unit.steplen,
        "least": top.depth,
        "most": top.depth + 2,
        "below": f"{top.path}%",
        "names": names,
        "at": circular.written_at,
        "writer": circular.written_by_id,
        "circular": circular.pk,
    }
    units = Unit.objects.raw(_SHARES, values)
    return [Share(unit, unit.depth - top.depth, unit.reached, unit.read) for unit in units]


# Persons are gathered once, with whether they have read it; then counted at their unit and each one above it.
_SHARES = """
WITH person AS (
    SELECT DISTINCT unit.path, role.user_id, receipt.id IS NOT NULL AS has_read
    FROM organisation_role role
    JOIN organisation_unit unit ON unit.id = role.unit_id
    LEFT JOIN circulars_receipt receipt ON receipt.circular_id = %(circular)s AND receipt.user_id = role.user_id
    WHERE unit.path LIKE %(below)s AND role.name = ANY(%(names)s) AND role.user_id <> %(writer)s
      AND role.starts_at <= %(at)s AND (role.ends_at IS NULL OR role.ends_at > %(at)s)
), counted AS (
    SELECT left(path, step * %(step)s) AS path, count(DISTINCT user_id) AS reached,
           count(DISTINCT user_id) FILTER (WHERE has_read) AS read
    FROM person CROSS JOIN LATERAL generate_series(%(least)s, %(most)s) AS step
    WHERE length(path) >= step * %(step)s
    GROUP BY 1
)
SELECT unit.*, coalesce(counted.reached, 0)::int AS reached, coalesce(counted.read, 0)::int AS read
FROM organisation_unit unit LEFT JOIN counted ON counted.path = unit.path
WHERE unit.closed_at IS NULL AND unit.path LIKE %(below)s AND unit.depth BETWEEN %(least)s AND %(most)s
ORDER BY unit.path
"""
