"""The demo city as a drawing, and in figures that are counted and not told."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

from django.db.models import Sum

from xinglin.activities.models import Activity, Shift
from xinglin.home.demo.city import City
from xinglin.hours.models import Record
from xinglin.lib.geo import Point
from xinglin.organisation.models import Unit
from xinglin.people.models import Volunteer

WIDTH = 1000  # of the drawing, in its own units


@dataclass(frozen=True)
class Spot:
    """A township's invented point in the drawing."""

    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """The outline as a path, and the points in it."""

    width: int
    height: int
    path: str
    spots: list[Spot]


@dataclass(frozen=True)
class Figures:
    """How large the city is."""

    teams: int
    volunteers: int
    past: int
    coming: int
    minutes: int


def figures(*, at: dt.datetime) -> Figures:
    """Counted from the same tables as everything else."""
    teams = Unit.objects.filter(kind__in=[Unit.Kind.TEAM, Unit.Kind.PARTNER], closed_at=None)
    effective = Record.objects.filter(state=Record.State.EFFECTIVE)
    return Figures(
        teams=teams.count(),
        volunteers=Volunteer.objects.exclude(state=Volunteer.State.LEFT).count(),
        past=Activity.objects.filter(shifts__state=Shift.State.CLOSED).distinct().count(),
        coming=Activity.objects.filter(shifts__state=Shift.State.OPEN, shifts__starts_at__gt=at).distinct().count(),
        minutes=effective.aggregate(minutes=Sum("minutes"))["minutes"] or 0,
    )


@cache
def of_city(city: City) -> Drawing:
    """Plate carrée, the parallels shortened as they are in the middle of the city: small enough for a plain drawing."""
    corners = [Point(latitude, longitude) for [ring] in city.outline for longitude, latitude in ring]
    west, east = min(one.longitude for one in corners), max(one.longitude for one in corners)
    south, north = min(one.latitude for one in corners), max(one.latitude for one in corners)
    shorter = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shorter)

    def drawn(point: Point) -> tuple[int, int]:
        return round((point.longitude - west) * shorter * scale), round((north - point.latitude) * scale)

    rings = [[drawn(Point(latitude, longitude)) for longitude, latitude in ring] for [ring] in city.outline]
    path = " ".join("M" + " L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
    spots = [Spot(name, *drawn(Point(*city.points[name]))) for name in city.townships]
    return Drawing(WIDTH, round((north - south) * scale), path, spots)
