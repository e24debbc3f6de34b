"""Distances on WGS-84 and the way back from shifted maps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib.geo import Point, distance_m, to_gcj02, to_wgs84

RUIAN = Point(27.7783, 120.6551)
anywhere = st.builds(Point, st.floats(-89.9, 89.9), st.floats(-180, 180))
in_china = st.builds(Point, st.floats(19, 50), st.floats(76, 134))


def test_a_degree_along_the_equator():
    assert distance_m(Point(0, 0), Point(0, 1)) == pytest.approx(111_319.49, abs=1)


def test_a_degree_northward_from_the_equator():
    assert distance_m(Point(0, 0), Point(1, 0)) == pytest.approx(110_574.39, abs=3)


def test_shanghai_to_beijing():
    assert distance_m(Point(31.2304, 121.4737), Point(39.9042, 116.4074)) == pytest.approx(1_067_300, rel=0.002)


def test_a_few_steps_away():
    assert distance_m(RUIAN, Point(27.7783, 120.6555)) == pytest.approx(39.4, abs=0.5)


@given(anywhere, anywhere)
def test_there_is_as_far_as_back(one, other):
    there = distance_m(one, other)

    assert there >= 0
    assert there == pytest.approx(distance_m(other, one), abs=1)


@given(anywhere)
def test_nobody_is_far_from_themself(point):
    assert distance_m(point, point) == 0


def test_published_maps_lie_some_hundred_metres_off():
    assert 300 < distance_m(RUIAN, to_gcj02(RUIAN)) < 800


@given(in_china)
def test_the_way_back_from_a_shifted_map_is_exact_to_a_hand(point):
    assert distance_m(to_wgs84(to_gcj02(point), "gcj02"), point) < 0.1


def test_baidu_shifts_once_more():
    tiananmen_bd09 = Point(39.915119, 116.403963)

    back = to_wgs84(tiananmen_bd09, "bd09")

    assert distance_m(back, Point(39.907375, 116.391349)) < 30


def test_abroad_nothing_is_shifted():
    assert to_gcj02(Point(48.8566, 2.3522)) == Point(48.8566, 2.3522)


def test_a_datum_that_nobody_knows_is_a_broken_assumption():
    with pytest.raises(ValueError, match="mars"):
        to_wgs84(RUIAN, "mars")
