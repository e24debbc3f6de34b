"""The tree with its persons, and the policies as they hold at a unit."""

from __future__ import annotations

import pytest

from xinglin.organisation import actions, policies, queries
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer

pytestmark = pytest.mark.django_db


def test_a_person_of_two_teams_counts_once_above_them(hospital, blue, wang, django_assert_num_queries):
    other = make_unit(parent=hospital)
    both = make_volunteer(unit=blue)
    make_role(user=both.person.user, unit=other, name="volunteer")
    make_volunteer(unit=blue)

    with django_assert_num_queries(2):  # the user's roles, then the whole tree
        branches = queries.tree_seen_by(wang)

    assert {branch.unit.name: branch.persons for branch in branches} == {hospital.name: 2, blue.name: 2, other.name: 1}
    assert [branch.level for branch in branches] == [0, 1, 1]


def test_nobody_without_a_staff_role_sees_a_tree(lin):
    assert queries.tree_seen_by(lin.person.user) == []


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
    ],
)
def test_values_are_said_in_plain_words(name, value, said):
    assert policies.in_words(name, value) == said
