"""The programme of the demo city and who turns out for it: pure, and the same for the same day."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest

from xinglin.home.demo import city as cities
from xinglin.home.demo import programme
from xinglin.home.demo.programme import Team
from xinglin.home.demo.turnout import Server, Turnout, seats_of
from xinglin.lib import codes
from xinglin.lib.geo import Point

TODAY = dt.date(2026, 11, 25)
WEEKLY_AND_MONTHLY = ("周六村居义诊", "二十八进山巡诊")
city = cities.named("ruian")
KINDS = programme.kinds_from(city.read("programme.json"))


def _teams(node: dict[str, Any], above: dict[str, Any] | None = None) -> dict[str, Team]:
    found = {}
    if node["kind"] in ("team", "partner"):
        is_of_health_centre = above is not None and above["kind"] == "health_centre"
        host = above["name"] if above else ""
        found[node["name"]] = Team(node["name"], host, city.centre, is_of_health_centre)
    for below in node.get("below", []):
        found |= _teams(below, node)
    return found


TEAMS = _teams(city.read("units.json"))


def the_past(count: int = 2000) -> list[programme.Occasion]:
    return programme.past(KINDS, TEAMS, today=TODAY, count=count)


# The programme ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [100, 2000])
def test_the_past_has_as_many_activities_as_asked_all_before_today(count):
    past = the_past(count)

    assert len(past) == len({one.key for one in past}) == count
    assert all(ends_at.date() < TODAY for one in past for _, ends_at in one.slots)
    assert past[0].starts_at.year == 2020


def test_the_coming_ones_lie_after_today_and_go_on_where_the_past_stops():
    coming = programme.coming(KINDS, TEAMS, today=TODAY, count=60)

    assert len(coming) == 60
    assert all(starts_at.date() > TODAY for one in coming for starts_at, _ in one.slots)
    assert not {one.key for one in coming} & {one.key for one in the_past()}


def test_clinics_are_on_saturdays_and_the_mountain_visits_on_the_28th():
    days = {kind: {one.starts_at.date() for one in the_past() if one.kind.name == kind} for kind in WEEKLY_AND_MONTHLY}

    assert {day.weekday() for day in days["周六村居义诊"]} == {5}
    assert {day.day for day in days["二十八进山巡诊"]} == {28}
    assert len(days["二十八进山巡诊"]) == 72


def test_the_campaigns_of_the_epidemic_came_to_an_end():
    campaigns = [one for one in the_past() if one.kind.until_week is not None]

    assert max(one.starts_at for one in campaigns).year == 2023
    assert all(one.kind.until_week is None for one in programme.coming(KINDS, TEAMS, today=TODAY, count=60))


def test_the_same_day_has_the_same_programme():
    assert the_past() == the_past()


def test_every_line_of_the_programme_can_be_written_as_it_stands():
    for kind in KINDS:
        assert kind.category in codes.names("service_category")
        assert set(kind.teams) <= TEAMS.keys() | {programme.HEALTH_CENTRES}
        assert set(kind.townships) <= set(city.townships)


# The turnout ------------------------------------------------------------------------------------------------------


def make_turnout(seed: int = 1, people: int = 60) -> Turnout:
    chance = random.Random(seed)
    skills = ["执业医师", "急救培训导师", "护理照护"]
    teams = {
        name: [
            Server(f"{place}-{number}", None, dt.date(2019, 1, 1), frozenset([skills[number % 3]]), 1.0)
            for number in range(people)
        ]
        for place, name in enumerate(TEAMS)
    }
    return Turnout(chance, teams)


def test_seats_are_filled_until_the_minutes_are_served_and_hardly_more():
    past, turnout = the_past(200), make_turnout()

    turnout.fill(seats_of(past), past, minutes=3000 * 60)

    assert 3000 * 60 <= turnout.served_minutes < 3000 * 60 + 24 * 60


def test_nobody_sits_twice_a_day_nor_two_on_one_seat_nor_without_the_skill():
    past, turnout = the_past(200), make_turnout()

    turnout.fill(seats_of(past), past, minutes=2000 * 60)

    days = [(stay.number, stay.seat.of(past)[0][0].date()) for stay in turnout.stays]
    taken = Counter(stay.seat for stay in turnout.stays)
    able = {server.number: server.abilities for servers in turnout.teams.values() for server in servers}
    assert len(days) == len(set(days))
    for stay in turnout.stays:
        _, post, _ = stay.seat.of(past)
        assert taken[stay.seat] <= post.places
        assert not post.requires or post.requires in able[stay.number]


def test_the_same_seed_makes_the_same_turnout():
    past, one, other = the_past(100), make_turnout(7), make_turnout(7)

    one.fill(seats_of(past), past, minutes=500 * 60)
    other.fill(seats_of(past), past, minutes=500 * 60)

    assert one.stays == other.stays


def test_who_leads_a_team_does_not_serve_in_its_shifts():
    past, turnout = the_past(200), make_turnout()
    turnout.leaders = {name: servers[0].number for name, servers in turnout.teams.items()}

    turnout.fill(seats_of(past), past, minutes=2000 * 60)

    assert not {stay.number for stay in turnout.stays} & set(turnout.leaders.values())


# The place --------------------------------------------------------------------------------------------------------


def test_every_place_of_the_programme_lies_inside_the_outline():
    occasions = the_past() + programme.coming(KINDS, TEAMS, today=TODAY, count=60)
    places = {(one.township, one.place) for one in occasions}
    places |= {(township, f"{township}文化礼堂") for township in city.townships}

    assert [place for place in places if not city.holds(city.place(*place))] == []


@pytest.mark.parametrize(
    "outside",
    [Point(27.998, 120.699), Point(27.70, 120.90), Point(30.27, 120.15), Point(-27.78, 120.65)],
    ids=["温州市区", "the sea", "杭州", "the other half of the earth"],
)
def test_what_lies_elsewhere_is_outside(outside):
    assert not city.holds(outside)


def test_an_invented_place_is_always_the_same_one():
    assert city.place("马屿镇", "马屿镇小学") == city.place("马屿镇", "马屿镇小学")
    assert city.place("马屿镇", "马屿镇小学") != city.place("马屿镇", "马屿镇体育馆")


def test_the_division_codes_of_units_are_known():
    known = set(city.read("townships.json")["townships"].values()) | {"330381"}

    def codes_below(node: dict[str, Any]) -> set[str]:
        own = {node["division_code"]} if "division_code" in node else set()
        return own.union(*(codes_below(below) for below in node.get("below", [])))

    assert codes_below(city.read("units.json")) <= known
    assert len(known) == 24
