"""Reads about circulars: what reaches somebody, and how many have read it, unit by unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xinglin.circulars.models import Circular, Reach, Receipt
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules
from xinglin.organisation.models import Role, Unit

AT_WORK = sorted(rules.STAFF | {"team_leader", "clerk"})  # to whom a circular for staff goes
FEW = 60  # units whose figures fit on one page; of more the page opens one branch


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


def seen_in_scope(user: Any) -> QuerySet[Circular]:
    """What was written in the user's scope, or reaches units of it from above: whose receipts they may look at."""
    units = organisation.units_where(user, "write_circular")
    reaches = Reach.objects.filter(circular=OuterRef("pk"), unit__in=units)
    seen = Circular.objects.filter(Q(unit__in=units) | Exists(reaches))
    return seen.select_related("unit", "written_by").order_by("-written_at", "-pk")


def from_above(user: Any) -> QuerySet[Circular]:
    """Of these the ones that somebody above has written, and not taken back."""
    units = organisation.units_where(user, "write_circular")
    return seen_in_scope(user).exclude(unit__in=units).filter(withdrawn_at__isnull=True)


def tops_for(user: Any, circular: Circular) -> list[Unit]:
    """The units from which on down the user looks at its receipts: the one that wrote it, or those of their scope."""
    if organisation.may(user, "write_circular", circular.unit):
        return [circular.unit]
    units = organisation.units_where(user, "write_circular")
    below = Reach.objects.filter(circular=circular, unit=OuterRef("unit"), above__in=units)
    tops = circular.reaches.filter(~Exists(below), unit__in=units).values("unit")
    return list(Unit.objects.filter(pk__in=tops).order_by("path"))


def still_unread(circular: Circular, *, at: dt.datetime) -> QuerySet[Role]:
    """The roles of those whom it reaches still and who have not opened it."""
    opened = Receipt.objects.filter(circular=circular, user=OuterRef("user"))
    held = Role.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        ~Exists(opened),
        Exists(circular.reaches.filter(unit=OuterRef("unit"))),
        name__in=_names(circular),
        starts_at__lte=circular.written_at,
        user__is_active=True,
    )
    return held.exclude(user=circular.written_by_id)


def may_be_reminded_of(circular: Circular, *, at: dt.datetime) -> bool:
    """Does it stand, and has nobody been told of it by phone today?"""
    told_today = circular.tellings.filter(day=clock.local_day(at))
    return circular.withdrawn_at is None and not told_today.exists()


def who_has_not_read(user: Any, circular: Circular, unit: Unit, *, at: dt.datetime) -> QuerySet[Role]:
    """The same at a unit and all below it, as far as the asker may see these people; by name."""
    with connection.cursor() as cursor:
        cursor.execute(_PART, {"circular": circular.pk, "unit": unit.pk})
        part = [key for (key,) in cursor.fetchall()]
    seen = still_unread(circular, at=at).filter(unit__in=part)
    seen = seen.filter(unit__in=organisation.units_where(user, "see_people"))
    first = seen.order_by("user", "pk").distinct("user").values("pk")
    return Role.objects.filter(pk__in=first).select_related("user", "unit").order_by("user__name", "user")


def _names(circular: Circular) -> list[str]:
    return AT_WORK if circular.audience == Circular.Audience.STAFF else list(rules.ROLES)


@dataclass(frozen=True)
class Share:
    """Of how many people of a unit and everything below it so many have read a circular."""

    unit: Unit
    level: int
    reached: int
    read: int
    hidden: bool = False  # there are units below it that are not shown

    @property
    def percent(self) -> int:
        return self.read * 100 // self.reached if self.reached else 0

    @property
    def indent(self) -> str:
        """Full-width blanks: a strict policy of styles allows no margin of one's own."""
        return "\u3000" * self.level


def shares(circular: Circular, *, tops: Sequence[Unit] = (), opened: str = "") -> list[Share]:
    """How many it reaches and how many have read it, unit by unit as they stood then. Each person counts once.

    From `tops` on down, or from the unit that wrote it: all of a small tree; of a large one what stands right below
    them, and the branch that is opened.
    """
    tops = tops or [circular.unit]
    edges = circular.reaches.filter(above__isnull=False)
    parents = set(edges.values_list("above", flat=True).distinct())
    if edges.count() > FEW:
        edges = edges.filter(above__in=[*tops, *_way_to(circular, opened)])
    below: dict[int, list[Unit]] = {}
    for reach in edges.select_related("unit").order_by("unit__path"):
        assert reach.above_id is not None, "asked for by what stands above"
        below.setdefault(reach.above_id, []).append(reach.unit)
    placed = [line for top in tops for line in _in_tree_order(top, below, ())]
    counted = _counted(circular, {unit.pk for unit, _level in placed})
    return [
        Share(unit, level, *counted.get(unit.pk, (0, 0)), hidden=unit.pk in parents and unit.pk not in below)
        for unit, level in placed
    ]


def _way_to(circular: Circular, code: str) -> list[int]:
    """The keys of the unit with this code and of all above it, as it is reached."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY, {"circular": circular.pk, "code": code})
        return [key for (key,) in cursor.fetchall()]


def _in_tree_order(unit: Unit, below: dict[int, list[Unit]], above: tuple[int, ...]) -> Iterator[tuple[Unit, int]]:
    yield unit, len(above)
    if unit.pk not in above:  # two units may carry a part of each other
        for one in below.get(unit.pk, []):
            yield from _in_tree_order(one, below, (*above, unit.pk))


def _counted(circular: Circular, units: Collection[int]) -> dict[int, tuple[int, int]]:
    """By the key of a unit: how many people it and all below it had when this was written, and how many read it."""
    values: dict[str, Any] = {
        "circular": circular.pk,
        "units": sorted(units),
        "names": _names(circular),
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

_PART = """
WITH RECURSIVE part (unit_id) AS (
    SELECT %(unit)s::bigint
    UNION
    SELECT reach.unit_id
    FROM part JOIN circulars_reach reach ON reach.above_id = part.unit_id AND reach.circular_id = %(circular)s
)
SELECT unit_id FROM part
"""
_WAY = """
WITH RECURSIVE way (unit_id) AS (
    SELECT id FROM organisation_unit WHERE code = %(code)s
    UNION
    SELECT reach.above_id
    FROM way JOIN circulars_reach reach ON reach.unit_id = way.unit_id AND reach.circular_id = %(circular)s
    WHERE reach.above_id IS NOT NULL
)
SELECT unit_id FROM way
"""
