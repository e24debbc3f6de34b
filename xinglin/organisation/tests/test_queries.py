"""The tree with its persons, and the policies as they hold at a unit."""

from __future__ import annotations

import pytest

from conftest import at as at_
from conftest import at as moment
from xinglin.organisation import actions, policies, queries, tree
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer

pytestmark = pytest.mark.django_db
NOW = moment("09:00")
NOW = at_("09:00")


def test_a_person_of_two_teams_counts_once_above_them(hospital, blue, wang, django_assert_num_queries):
    other = make_unit(parent=hospital)
    both = make_volunteer(unit=blue)
    make_role(user=both.person.user, unit=other, name="volunteer")
    make_volunteer(unit=blue)

    with django_assert_num_queries(2):  # the user's roles, then the whole tree
        branches = tree.seen_by(wang, at=NOW)

    assert {branch.unit.name: branch.persons for branch in branches} == {hospital.name: 2, blue.name: 2, other.name: 1}
    assert [branch.level for branch in branches] == [0, 1, 1]


def test_nobody_without_a_staff_role_sees_a_tree(lin):
    assert tree.seen_by(lin.person.user, at=NOW) == []


def test_policies_say_whose_version_holds_and_what_comes(bureau, blue, at):
    li = make_staff(unit=bureau, role="bureau_administrator", name="李局")
    new = {"name": "minimum_age", "set_by": li, "at": at("09:00")}
    actions.set_policy(unit=bureau, value=18, starts_at=at("09:00"), **new)
    actions.set_policy(unit=bureau, value=20, starts_at=at("09:00", days=9), **new)

    rulings = {ruling.name: ruling for ruling in queries.policies_at(blue, at=at("10:00"))}

    assert rulings["minimum_age"].value == 18
    assert rulings["minimum_age"].version.unit == bureau
    assert rulings["minimum_age"].next_version.value == 20
    assert rulings["undo_minutes"].version is None
    assert set(rulings) == set(policies.DEFAULTS)


def test_a_team_s_own_version_holds_before_a_later_one_from_above(bureau, blue, at):
    new = {"name": "minimum_age", "set_by": None, "at": at("09:00")}
    actions.set_policy(unit=blue, value=18, starts_at=at("09:00"), **new)
    actions.set_policy(unit=bureau, value=20, starts_at=at("09:30"), **new)

    ruling = next(one for one in queries.policies_at(blue, at=at("10:00")) if one.name == "minimum_age")

    assert ruling.value == 18 == queries.policy("minimum_age", blue, at=at("10:00"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("minimum_age", 16, "16 岁"),
        ("rounding", "down15", "向下取整到15分钟"),
        ("credited_provenance", ["code", "nod"], "扫动态码、带队人点头"),
        ("holding_cap_hours", 600, "600 小时"),
        ("holding_cap_hours", 0, "不限"),
        ("credit_rates", {}, "全部 100%"),
        ("credit_rates", {"0018": 50}, "大型活动 50%、其余 100%"),
    ],
)
def test_values_are_said_in_plain_words(name, value, said):
    assert policies.in_words(name, value) == said


def test_several_policies_at_several_units_are_one_query(bureau, hospital, blue, at, django_assert_num_queries):
    for unit, name, value, day in (
        (bureau, "minimum_age", 18, -9),
        (hospital, "minimum_age", 15, -8),
        (hospital, "minimum_age", 14, 1),
        (bureau, "rounding", "down5", -7),
    ):
        Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=day))

    with django_assert_num_queries(1):
        values = queries.policy_values(["minimum_age", "rounding"], [bureau, blue], at=at("09:00"))

    assert values[bureau.pk] == {"minimum_age": 18, "rounding": "down5"}
    assert values[blue.pk] == {"minimum_age": 15, "rounding": "down5"}
    for unit in (bureau, blue):
        for name, value in values[unit.pk].items():
            assert value == queries.policy(name, unit, at=at("09:00"))


def test_a_team_belongs_to_the_house_above_it(bureau, hospital, blue):
    houses = queries.houses_of([bureau, hospital, blue])

    assert houses == {bureau.pk: bureau, hospital.pk: hospital, blue.pk: hospital}


def test_a_unit_with_its_own_version_is_not_ruled_from_above(bureau, hospital, blue, at):
    Policy.objects.create(unit=hospital, name="rounding", value="down5", starts_at=at("00:00"))

    ruled = set(queries.units_ruled_by("rounding", bureau))

    assert bureau in ruled
    assert not {hospital, blue} & ruled
