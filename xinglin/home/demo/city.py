"""A demo city as a place: its tree of units, its towns and streets, its outline, and invented points inside it.

What makes it this city stands in its folder below `demo/`, as data.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from django.conf import settings

from xinglin.lib.geo import Point
from xinglin.organisation import actions as organisation
from xinglin.organisation import queries
from xinglin.organisation.models import Unit

FOLDERS = settings.BASE_DIR / "demo"
FURTHEST = 0.008  # degrees that an invented place lies from the invented point of its township
FIRST = "ruian"


@dataclass(frozen=True)
class City:
    """One of the demo's cities, by the name of its folder."""

    slug: str

    @property
    def folder(self) -> Any:
        return FOLDERS / self.slug

    @cached_property
    def told(self) -> dict[str, Any]:
        """Names and figures: `city.json`."""
        return dict(self.read("city.json"))

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def bureau(self) -> str:
        return str(self.told["bureau"])

    @property
    def hospital(self) -> str:
        return str(self.told["hospital"])

    @property
    def team(self) -> str:
        """The team that one signs in to."""
        return str(self.told["team"])

    @property
    def centre(self) -> str:
        """The township in the middle."""
        return str(self.told["centre"])

    def read(self, name: str) -> Any:
        """One of the city's files."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def plant(self, *, at: dt.datetime) -> None:
        """The whole tree of units."""
        _plant(self.read("units.json"), parent=None, at=at)

    def township_of(self, unit: Unit) -> str:
        """Where a unit stands: its own township, else the first of its county, else the middle of the city."""
        if unit.division_code in self._by_code:
            return self._by_code[unit.division_code]
        of_county = [name for code, name in self._by_code.items() if code.startswith(unit.division_code)]
        is_whole = unit.depth == 1 or not unit.division_code or len(of_county) in (0, len(self._by_code))
        return self.centre if is_whole else of_county[0]

    @cached_property
    def townships(self) -> list[str]:
        """The towns and streets there are."""
        return list(self.read("townships.json")["townships"])

    def place(self, township: str, name: str) -> Point:
        """An invented point for a place of this name in a township: always the same one, inside the outline."""
        return _place(self, township, name)

    def holds(self, point: Point) -> bool:
        """Does the point lie inside the outline? Counts how often a line to the east crosses it."""
        return any(_crossings(ring, point) % 2 for [ring, *_holes] in self.outline)

    @cached_property
    def outline(self) -> list[Any]:
        """The outline: polygons of rings of longitude and latitude."""
        return list(self.read("outline.geojson")["geometry"]["coordinates"])

    @cached_property
    def points(self) -> dict[str, list[float]]:
        """The invented point of each township."""
        return dict(self.read("points.json")["points"])

    @cached_property
    def _by_code(self) -> dict[str, str]:
        return {code: name for name, code in self.read("townships.json")["townships"].items()}


@cache
def named(slug: str) -> City:
    """The city of a folder."""
    return City(slug)


def here() -> City:
    """The demo city whose tree stands in this database; the first one where none does."""
    root = queries.root_unit()
    known = [named(folder.name) for folder in sorted(FOLDERS.iterdir()) if (folder / "city.json").exists()]
    return next((city for city in known if root is not None and city.bureau == root.name), named(FIRST))


@cache
def _place(city: City, township: str, name: str) -> Point:
    middle = Point(*city.points[township])
    chance = random.Random(f"{township}/{name}")
    for _ in range(20):
        turn, far = chance.uniform(0, 2 * math.pi), chance.uniform(0, FURTHEST)
        point = Point(
            round(middle.latitude + far * math.sin(turn), 5), round(middle.longitude + far * math.cos(turn), 5)
        )
        if city.holds(point):
            return point
    return middle


def _crossings(ring: list[list[float]], point: Point) -> int:
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > point.latitude) != (y2 > point.latitude):
            crossings += point.longitude < x1 + (x2 - x1) * (point.latitude - y1) / (y2 - y1)
    return crossings


def _plant(node: dict[str, Any], *, parent: Unit | None, at: dt.datetime) -> None:
    division_code = node.get("division_code") or (parent.division_code if parent else "")
    unit = organisation.add_unit(
        name=node["name"],
        kind=node["kind"],
        parent=parent,
        division_code=division_code,
        level=node.get("level", ""),
        service=node.get("service", ""),
        actor=None,
        at=at,
    )
    for brand in node.get("brands", []):
        organisation.add_brand(unit=unit, by=None, at=at, **brand)
    for below in node.get("below", []):
        _plant(below, parent=unit, at=at)
