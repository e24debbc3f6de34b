"""Ruian as a place: its tree of units, its towns and streets, its outline, and invented points inside it."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from functools import cache
from itertools import pairwise
from typing import Any

from django.conf import settings

from xinglin.lib.geo import Point
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Unit

FOLDER = settings.BASE_DIR / "demo" / "ruian"
CENTRE = "安阳街道"
FURTHEST = 0.008  # degrees that an invented place lies from the invented point of its township


def read(name: str) -> Any:
    """One of the city's files."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def plant(*, at: dt.datetime) -> None:
    """The whole tree of units."""
    _plant(read("units.json"), parent=None, at=at)


def township_of(unit: Unit) -> str:
    """Where a unit stands: its own township, or the middle of the city where only the county is known."""
    return _by_code().get(unit.division_code, CENTRE)


@cache
def townships() -> list[str]:
    """The towns and streets there are."""
    return list(read("townships.json")["townships"])


@cache
def place(township: str, name: str) -> Point:
    """An invented point for a place of this name in a township: always the same one, inside the outline."""
    middle = Point(*_points()[township])
    chance = random.Random(f"{township}/{name}")
    for _ in range(20):
        turn, far = chance.uniform(0, 2 * math.pi), chance.uniform(0, FURTHEST)
        point = Point(
            round(middle.latitude + far * math.sin(turn), 5), round(middle.longitude + far * math.cos(turn), 5)
        )
        if holds(point):
            return point
    return middle


def holds(point: Point) -> bool:
    """Does the point lie inside the outline? Counts how often a line to the east crosses it."""
    return any(_crossings(ring, point) % 2 for [ring, *_holes] in outline())


@cache
def outline() -> list[Any]:
    """The outline: polygons of rings of longitude and latitude."""
    polygons: list[Any] = read("outline.geojson")["geometry"]["coordinates"]
    return polygons


def _crossings(ring: list[list[float]], point: Point) -> int:
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > point.latitude) != (y2 > point.latitude):
            crossings += point.longitude < x1 + (x2 - x1) * (point.latitude - y1) / (y2 - y1)
    return crossings


def _plant(node: dict[str, Any], *, parent: Unit | None, at: dt.datetime) -> None:
    division_code = node.get("division_code") or (parent.division_code if parent else "")
    unit = organisation.add_unit(
        name=node["name"], kind=node["kind"], parent=parent, division_code=division_code, actor=None, at=at
    )
    for below in node.get("below", []):
        _plant(below, parent=unit, at=at)


@cache
def _points() -> dict[str, list[float]]:
    points: dict[str, list[float]] = read("points.json")["points"]
    return points


@cache
def _by_code() -> dict[str, str]:
    return {code: name for name, code in read("townships.json")["townships"].items()}
