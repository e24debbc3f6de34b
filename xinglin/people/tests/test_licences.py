"""Which licence includes which: the list itself, and everything that asks for a licence."""

from __future__ import annotations

import datetime as dt

import pytest

from xinglin.people import licences, queries
from xinglin.people.models import Qualification

TODAY = dt.date(2026, 11, 24)
YESTERDAY = TODAY - dt.timedelta(days=1)


def test_no_licence_includes_itself_by_any_way():
    assert [name for name in licences.names() if name in licences.included_in(name)] == []


@pytest.mark.parametrize(
    ("higher", "lower"),
    [
        ("主任医师", "医师"),
        ("执业医师", "执业助理医师"),
        ("主管护师", "护士"),
        ("高级急救员", "急救员"),
        ("一级心理咨询师", "三级心理咨询师"),
        ("高级社会工作师", "助理社会工作师"),
        ("驾驶证A1", "驾驶证C1"),
    ],
)
def test_the_higher_includes_the_lower_and_not_the_other_way_round(higher, lower):
    assert lower in licences.included_in(higher)
    assert higher not in licences.included_in(lower)
    assert higher in licences.including(lower)


def test_a_rank_gives_no_licence_to_practise():
    assert "执业医师" not in licences.included_in("主任医师")
    assert "护士执业" not in licences.included_in("主任护师")


def test_a_licence_that_nobody_listed_is_just_itself():
    assert licences.included_in("茶艺师") == ()
    assert licences.including("茶艺师") == ("茶艺师",)


def test_what_counts_rests_on_what_is_held_and_on_itself_where_both_are():
    valid = licences.valid([("副主任医师", None), ("医师", TODAY)], on=TODAY)

    assert valid["主治医师"] == "副主任医师"
    assert valid["医师"] == "医师"
    assert "主任医师" not in valid


def test_an_expired_one_gives_nothing_and_is_named_with_its_day():
    held = [("主任医师", YESTERDAY)]

    assert licences.valid(held, on=TODAY) == {}
    assert licences.lapsed(held, on=TODAY)["医师"] == ("主任医师", YESTERDAY)


def test_of_several_expired_ones_the_last_to_expire_is_named():
    held = [("主治医师", YESTERDAY), ("主任医师", YESTERDAY - dt.timedelta(days=9))]

    assert licences.lapsed(held, on=TODAY)["医师"] == ("主治医师", YESTERDAY)


@pytest.mark.django_db
def test_somebodys_abilities_hold_what_their_licences_include(lin, wang, at):
    now = at("09:00")
    Qualification.objects.create(volunteer=lin, kind="主管护师", checked_by=wang, checked_at=now, valid_until=TODAY)

    today = queries.standing(lin, at=now, on=TODAY)
    tomorrow = queries.standing(lin, at=now, on=TODAY + dt.timedelta(days=1))

    assert "护士" in today.abilities
    assert today.resting["护士"] == "主管护师"
    assert "护士" not in tomorrow.abilities
    assert tomorrow.lapsed["护士"] == ("主管护师", TODAY)
