"""Places on the earth: distances on WGS-84, and the way there from the shifted maps that China publishes. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

# The ellipsoid WGS-84, and the one (Krasovsky 1940) by which GCJ-02 shifts its coordinates.
WGS84_AXIS_M = 6_378_137.0
WGS84_FLATTENING = 1 / 298.257223563
GCJ02_AXIS_M = 6_378_245.0
GCJ02_ECCENTRICITY_SQUARED = 0.00669342162296594323
BD09_TURN = math.pi * 3000.0 / 180.0


class Point(NamedTuple):
    """Latitude and longitude in degrees."""

    latitude: float
    longitude: float


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points on WGS-84: Lambert's formula, right to a few metres in a hundred kilometres."""
    if one == other:
        return 0.0
    first, second = _reduced(one.latitude), _reduced(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    angle = 2 * math.asin(min(1.0, math.sqrt(half)))
    if angle == 0.0:
        return 0.0
    middle, apart = (first + second) / 2, (second - first) / 2
    x = (angle - math.sin(angle)) * (math.sin(middle) * math.cos(apart) / math.cos(angle / 2)) ** 2
    if math.sin(angle / 2) == 0.0:
        return WGS84_AXIS_M * angle
    y = (angle + math.sin(angle)) * (math.cos(middle) * math.sin(apart) / math.sin(angle / 2)) ** 2
    return WGS84_AXIS_M * (angle - WGS84_FLATTENING / 2 * (x + y))


def to_wgs84(point: Point, datum: str) -> Point:
    """Bring a point from the datum it came in (`wgs84`, `gcj02`, `bd09`) to WGS-84, once, at the edge."""
    if datum == "wgs84":
        return point
    if datum == "gcj02":
        return _without_shift(point)
    if datum == "bd09":
        return _without_shift(_gcj02_of_bd09(point))
    raise ValueError(datum)


def to_gcj02(point: Point) -> Point:
    """The point as maps published in China draw it. Outside China nothing is shifted."""
    if not _in_china(point):
        return point
    north, east = _shift(point)
    return Point(point.latitude + north, point.longitude + east)


def _without_shift(point: Point) -> Point:
    """The shift cannot be inverted by formula; a few steps toward the point whose shifted image this is suffice."""
    guess = point
    for _ in range(10):
        image = to_gcj02(guess)
        guess = Point(
            guess.latitude + point.latitude - image.latitude, guess.longitude + point.longitude - image.longitude
        )
    return guess


def _gcj02_of_bd09(point: Point) -> Point:
    x, y = point.longitude - 0.0065, point.latitude - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * BD09_TURN)
    turn = math.atan2(y, x) - 0.000003 * math.cos(x * BD09_TURN)
    return Point(radius * math.sin(turn), radius * math.cos(turn))


def _shift(point: Point) -> tuple[float, float]:
    x, y = point.longitude - 105.0, point.latitude - 35.0
    root = math.sqrt(abs(x))
    both = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    latitude = math.radians(point.latitude)
    bent = 1 - GCJ02_ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    meridian = GCJ02_AXIS_M * (1 - GCJ02_ECCENTRICITY_SQUARED) / (bent * math.sqrt(bent))
    parallel = GCJ02_AXIS_M / math.sqrt(bent) * math.cos(latitude)
    return math.degrees(north / meridian), math.degrees(east / parallel)


def _in_china(point: Point) -> bool:
    return 0.8293 <= point.latitude <= 55.8271 and 72.004 <= point.longitude <= 137.8347


def _reduced(latitude: float) -> float:
    return math.atan((1 - WGS84_FLATTENING) * math.tan(math.radians(latitude)))
