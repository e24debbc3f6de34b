"""Units open, change, move and close; what is keyed by their path follows."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from xinglin.audit import actions as audit
from xinglin.audit.models import Entry
from xinglin.organisation import actions, divisions, queries, rules, trail, tree
from xinglin.organisation.errors import (
    BadCreditCode,
    BadDivisionCode,
    BelowOutside,
    BrandTaken,
    CreditCodeTaken,
    JointAlready,
    MayNot,
    MovedBelowItself,
    NameTaken,
    NoSuccessor,
    NoUnitAbove,
    OutsideAbove,
    PasswordNeeded,
    StandsThereAlready,
    UnitClosed,
    UnitClosedAlready,
    UnitsBelow,
    WrongLevel,
)
from xinglin.organisation.models import Policy, Role, Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer

ADMINISTRATOR = "bureau_administrator"


@pytest.fixture
def li(bureau):
    return make_staff(unit=bureau, role=ADMINISTRATOR, name="李局")


# Codes, without a database ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "stored"),
    [("", ""), ("371600", "371600"), ("371602000000", "371602"), ("371602001", "371602001000"), (" 371602 ", "371602")],
)
def test_division_codes_are_stored_in_one_way(written, stored):
    assert divisions.read(written) == stored


@pytest.mark.parametrize("written", ["37160", "滨城区", "371699", "990101", "371602001001", "３７１６０２"])
def test_what_is_no_division_is_refused(written):
    with pytest.raises(BadDivisionCode):
        divisions.read(written)


def test_a_unit_stands_at_the_level_of_its_area_and_a_village_at_its_township_s():
    assert divisions.placed("371600", "", above="") == "city"
    assert divisions.placed("371602", "", above="371600") == "county"
    assert divisions.placed("371602001000", "", above="371602") == "township"
    assert divisions.placed("371602001000", "village", above="371602001000") == "village"
    assert divisions.placed("", "", above="371600") == ""


def test_a_level_that_contradicts_the_area_and_an_area_outside_are_refused():
    with pytest.raises(WrongLevel):
        divisions.placed("371602", "township", above="371600")
    with pytest.raises(OutsideAbove):
        divisions.placed("371602", "", above="330300")
    with pytest.raises(OutsideAbove):
        divisions.placed("371602001000", "", above="371602002000")


def test_a_credit_code_has_its_check_character():
    assert divisions.credit_code("91110000600037341l") == "91110000600037341L"
    for wrong in ("91110000600037342L", "9111000060003734", "一二三"):
        with pytest.raises(BadCreditCode):
            divisions.credit_code(wrong)


# Opening and changing ---------------------------------------------------------------------------------------------


def add(parent, by, at, **fields):
    told = {"name": "新队", "kind": "team", **fields}
    return actions.add_unit(parent=parent, actor=by, at=at("09:00"), **told)


def edit(unit, by, at, **fields):
    told = {field: getattr(unit, field) for field in ("name", "kind", "division_code", "level", "credit_code")}
    return actions.edit_unit(unit=unit, by=by, at=at("09:00"), **{**told, "service": unit.service, **fields})


@pytest.mark.django_db
def test_an_administrator_opens_units_within_their_own_scope(hospital, bureau, at):
    own = make_staff(unit=hospital, role=ADMINISTRATOR)

    unit = add(hospital, own, at, kind="village_clinic", division_code="330381001", credit_code="91110000600037341L")

    assert (unit.level, unit.division_code) == ("village", "330381001000")
    with pytest.raises(MayNot):
        add(bureau, own, at, name="别处的队")


@pytest.mark.django_db
def test_a_name_and_a_credit_code_stand_for_one_open_unit(hospital, li, at):
    add(hospital, li, at, credit_code="91110000600037341L")

    with pytest.raises(NameTaken):
        add(hospital, li, at)
    with pytest.raises(CreditCodeTaken):
        add(hospital, li, at, name="另一队", credit_code="91110000600037341L")


@pytest.mark.django_db
def test_a_change_is_kept_with_what_was_before(blue, li, at):
    edit(blue, li, at, name="蓝衣陪诊队", service="convenience")
    edit(Unit.objects.get(pk=blue.pk), li, at)  # nothing is different: nothing is told

    facts = Entry.objects.get(verb="edited_unit").facts
    assert facts == {"name": ["蓝衣陪护队", "蓝衣陪诊队"], "service": ["", "convenience"]}


@pytest.mark.django_db
def test_a_unit_is_not_renamed_to_another_one(blue, hospital, li, at):
    with pytest.raises(NameTaken):
        edit(blue, li, at, name=hospital.name)


@pytest.mark.django_db
def test_how_people_come_in_is_the_leader_s_to_say_and_a_password_is_kept_as_a_hash(blue, at):
    leader = make_staff(unit=blue, role="team_leader")

    with pytest.raises(PasswordNeeded):
        actions.set_joining(unit=blue, mode="password", password="", by=leader, at=at("09:00"))
    unit = actions.set_joining(unit=blue, mode="password", password="杏林春暖", by=leader, at=at("09:00"))
    kept = actions.set_joining(unit=blue, mode="password", password="", by=leader, at=at("09:00")).password
    opened = actions.set_joining(unit=blue, mode="open", password="", by=leader, at=at("09:00"))

    assert unit.password == kept
    assert "杏林春暖" not in kept
    assert opened.password == ""


@pytest.mark.django_db
def test_a_brand_has_a_name_a_leader_and_a_story_until_it_ends(blue, wang, at):
    told = {"unit": blue, "name": "蓝衣有约", "leader": "王敏", "story": "从一件蓝马甲说起", "by": wang}
    brand = actions.add_brand(**told, at=at("09:00"))

    with pytest.raises(BrandTaken):
        actions.add_brand(**told, at=at("09:00"))
    for _twice in range(2):
        actions.end_brand(brand=brand, by=wang, at=at("10:00"))
    actions.add_brand(**told, at=at("11:00"))

    assert Entry.objects.filter(verb="ended_brand").count() == 1
    assert blue.brands.filter(ended_at=None).count() == 1


# Moving -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(bureau):
    return make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")


@pytest.mark.django_db
def test_a_subtree_moves_with_its_people_roles_and_policies(bureau, association, hospital, blue, elsewhere, li, at):
    make_volunteer(unit=blue)
    leader = make_staff(unit=blue, role="team_leader")
    over_there = make_staff(unit=elsewhere)
    for unit, age in ((elsewhere, 20), (association, 18)):
        Policy.objects.create(unit=unit, name="minimum_age", value=age, starts_at=at("00:00"))
    assert not queries.may(over_there, "edit_people", blue)

    actions.move_unit(unit=hospital, below=elsewhere, by=li, at=at("09:00"))

    blue = Unit.objects.get(pk=blue.pk)
    elsewhere = Unit.objects.get(pk=elsewhere.pk)
    counts = {branch.unit.name: branch.persons for branch in tree.seen_by(li, at=at("20:00"))}
    assert queries.may(over_there, "edit_people", blue)
    assert queries.may(leader, "lead_shift", blue)
    assert queries.policy("minimum_age", blue, at=at("10:00")) == 20
    assert (counts[elsewhere.name], counts[association.name], counts[bureau.name]) == (1, 0, 1)
    assert Unit.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_the_trail_follows_a_unit_though_another_takes_its_old_place(bureau, hospital, blue, elsewhere, li, at):
    def happened(unit, time):
        audit.record(actor=li, verb="set_policy", thing=f"unit:{unit.code}", unit_path=unit.path, at=at(time))

    old_path = blue.path
    happened(blue, "08:00")
    actions.move_unit(unit=blue, below=elsewhere, by=li, at=at("09:00"))
    newcomer = add(hospital, li, at)
    happened(newcomer, "10:00")
    blue = Unit.objects.get(pk=blue.pk)
    happened(blue, "11:00")
    actions.move_unit(unit=blue, below=bureau, by=li, at=at("12:00"))
    blue = Unit.objects.get(pk=blue.pk)
    happened(blue, "13:00")

    def times(unit):
        lines = trail.of(Unit.objects.get(pk=unit.pk)).lines
        return [line.at for line in reversed(lines) if line.verb == "set_policy"]

    assert newcomer.path == old_path
    assert times(blue) == [at("08:00"), at("11:00"), at("13:00")]
    assert times(newcomer) == times(hospital) == [at("10:00")]
    assert times(elsewhere) == []
    assert len(times(bureau)) == 4


@pytest.mark.django_db
def test_a_unit_moves_neither_below_itself_nor_where_it_stands_nor_out_of_one_s_scope(
    bureau, hospital, blue, elsewhere, li, at
):
    own = make_staff(unit=hospital, role=ADMINISTRATOR)

    def move(unit, below, by):
        actions.move_unit(unit=unit, below=below, by=by, at=at("09:00"))

    with pytest.raises(MovedBelowItself):
        move(hospital, blue, li)
    with pytest.raises(StandsThereAlready):
        move(blue, hospital, li)
    with pytest.raises(NoUnitAbove):
        move(bureau, blue, li)
    with pytest.raises(MayNot):  # a hospital's own administrator neither takes it elsewhere
        move(hospital, elsewhere, own)
    with pytest.raises(MayNot):  # nor hands its team to another hospital
        move(blue, elsewhere, own)


@pytest.mark.django_db
def test_a_unit_moves_only_where_its_area_lies(bureau, hospital, elsewhere, li, at):
    here = add(hospital, li, at, name="甲街道队", division_code="330381001000")
    Unit.objects.filter(pk=elsewhere.pk).update(division_code="330381002000")

    with pytest.raises(OutsideAbove):
        actions.move_unit(unit=here, below=elsewhere, by=li, at=at("09:00"))


@pytest.mark.django_db
def test_an_area_holds_for_what_stands_below_a_unit_without_one(hospital, blue, li, at):
    Unit.objects.filter(pk=hospital.pk).update(division_code="330381")

    with pytest.raises(OutsideAbove):
        add(blue, li, at, name="滨城站", kind="station", division_code="371602")
    add(blue, li, at, name="本地站", kind="station", division_code="330381001")


@pytest.mark.django_db
def test_a_branch_moves_and_a_code_changes_only_where_all_below_lie_in_it(hospital, blue, elsewhere, li, at):
    below = add(blue, li, at, name="甲街道站", kind="station", division_code="330381001")
    Unit.objects.filter(pk=elsewhere.pk).update(division_code="371602")

    with pytest.raises(BelowOutside):
        actions.move_unit(unit=blue, below=elsewhere, by=li, at=at("09:00"))
    with pytest.raises(BelowOutside) as told:
        edit(blue, li, at, division_code="330381002")
    edit(blue, li, at, name="又叫蓝队")
    edit(blue, li, at, name="又叫蓝队", division_code="330381001")

    assert below.name in str(told.value)


@pytest.mark.django_db(transaction=True)
def test_two_who_move_at_once_make_no_circle(bureau, at):
    one, other = (make_unit(parent=bureau, name=name, kind="hospital") for name in ("甲院", "乙院"))
    start = threading.Barrier(2)

    def move(unit, below):
        start.wait()
        try:
            actions.move_unit(unit=unit, below=below, by=None, at=at("09:00"))
        except MovedBelowItself:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert Unit.objects.find_problems() == ([], [], [], [], [])
    assert sorted(Unit.objects.values_list("depth", flat=True)) == [1, 2, 3]


# Closing ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_unit_closes_once_with_its_successor_and_only_when_nothing_stands_below(hospital, blue, li, at):
    red = make_unit(parent=hospital)

    def close(unit, successor=None):
        return actions.close_unit(unit=unit, successor=successor, by=li, at=at("09:00"))

    with pytest.raises(UnitsBelow):
        close(hospital)
    with pytest.raises(NoSuccessor):
        close(blue, blue)
    closed = close(blue, red)
    with pytest.raises(UnitClosedAlready):
        close(blue)
    with pytest.raises(NoSuccessor):
        close(red, blue)
    with pytest.raises(UnitClosed):
        edit(closed, li, at, name="再来一次")

    assert closed.succession.successor == red
    add(hospital, li, at, name=closed.name)  # the name is free again


@pytest.mark.django_db
def test_the_root_is_not_closed_and_nobody_closes_the_unit_they_sit_in(bureau, hospital, blue, li, at):
    own = make_staff(unit=blue, role=ADMINISTRATOR)

    with pytest.raises(NoUnitAbove):
        actions.close_unit(unit=bureau, successor=None, by=li, at=at("09:00"))
    with pytest.raises(MayNot):
        actions.close_unit(unit=blue, successor=None, by=own, at=at("09:00"))


# Working together -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_joint_team_is_in_the_scope_of_both_and_its_people_count_once_in_each(
    bureau, hospital, blue, elsewhere, li, at, django_assert_num_queries
):
    make_volunteer(unit=blue)
    partner = make_staff(unit=elsewhere)

    joint = actions.add_joint(unit=blue, parent=elsewhere, by=li, at=at("09:00"))

    counts = {branch.unit.name: branch.persons for branch in tree.seen_by(li, at=at("20:00"))}
    with django_assert_num_queries(1):
        assert queries.may(partner, "edit_activities", blue)
    assert blue in queries.units_where(partner, "edit_activities")
    assert hospital not in queries.units_where(partner, "edit_activities")
    assert (counts[hospital.name], counts[elsewhere.name], counts[bureau.name]) == (1, 1, 1)
    with pytest.raises(JointAlready):
        actions.add_joint(unit=blue, parent=elsewhere, by=li, at=at("09:00"))
    with pytest.raises(JointAlready):
        actions.add_joint(unit=blue, parent=hospital, by=li, at=at("09:00"))

    actions.end_joint(joint=joint, by=li, at=at("10:00"))

    assert not queries.may(partner, "edit_activities", blue)


@pytest.mark.django_db
def test_who_carries_a_team_jointly_does_not_rule_it(blue, elsewhere, li, at):
    partner = make_staff(unit=elsewhere, role=ADMINISTRATOR)
    actions.add_joint(unit=blue, parent=elsewhere, by=li, at=at("09:00"))

    assert all(queries.may(partner, verb, blue) for verb in ("see_people", "edit_activities", "lead_shift"))
    for verb in rules.STAYS_AT_HOME:
        assert not queries.may(partner, verb, blue), verb
        assert not set(Unit.objects.filter(queries.reaches(partner, verb, "path"))) & {blue}, verb
    assert not queries.verbs_at(partner, blue) & rules.STAYS_AT_HOME
    assert "grant_role" in queries.verbs_at(partner, elsewhere)
    with pytest.raises(MayNot):
        actions.add_joint(unit=blue, parent=blue.get_parent(), by=partner, at=at("09:00"))


@pytest.mark.django_db
def test_nobody_takes_another_unit_s_team_into_their_own_scope(blue, elsewhere, at):
    greedy = make_staff(unit=elsewhere, role=ADMINISTRATOR)

    with pytest.raises(MayNot):
        actions.add_joint(unit=blue, parent=elsewhere, by=greedy, at=at("09:00"))


@pytest.mark.django_db
def test_the_scope_asked_in_a_rows_own_query_is_the_same(hospital, blue, elsewhere, wang, li, at):
    partner = make_staff(unit=elsewhere)
    actions.add_joint(unit=blue, parent=elsewhere, by=li, at=at("09:00"))

    for user in (wang, li, partner, None):
        asked = set(Unit.objects.filter(queries.reaches(user, "decide_application", "path")))

        assert asked == set(queries.units_where(user, "decide_application"))


@pytest.mark.django_db
def test_a_role_where_a_team_is_carried_jointly_conflicts_with_one_in_the_team(blue, elsewhere, li, at):
    partner = make_staff(unit=elsewhere, role="reviewer")
    joint = actions.add_joint(unit=blue, parent=elsewhere, by=li, at=at("09:00"))
    asked = {"user": partner, "name": "team_leader", "unit": blue}

    before = queries.conflicts_with(**asked, at=at("10:00"))
    role = Role.objects.create(user=partner, unit=blue, name="team_leader", starts_at=at("09:30"))
    pairs = queries.conflicts_among([*partner.roles.all()])
    actions.end_joint(joint=joint, by=li, at=at("11:00"))

    assert [one.name for one in before] == ["reviewer"]
    assert [{pair.one.name, pair.other.name} for pair in pairs] == [{"reviewer", role.name}]
    assert queries.conflicts_with(**asked, at=at("12:00")) == []
