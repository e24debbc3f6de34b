"""Opening units, granting and ending roles, setting policies."""

from __future__ import annotations

import pytest
from django.utils import translation

from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.organisation import actions, jobs, queries, telling
from xinglin.organisation.errors import (
    BadPolicyValue,
    LastAdministrator,
    MayNot,
    NameTaken,
    PolicyInThePast,
    PolicySetAlready,
    RoleEndedAlready,
    RoleHeldAlready,
    SecondFactorNeeded,
    UnitClosed,
)
from xinglin.organisation.models import Role, Unit
from xinglin.people.tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db
ADMINISTRATOR = "bureau_administrator"


def test_units_are_opened_below_each_other(at):
    bureau = actions.add_unit(name="甲局", kind="bureau", actor=None, at=at("09:00"))

    first = actions.add_unit(name="甲院", kind="hospital", parent=bureau, actor=None, at=at("09:00"))
    second = actions.add_unit(name="乙院", kind="hospital", parent=bureau, actor=None, at=at("09:00"))

    assert first.path.startswith(bureau.path)
    assert first.path != second.path
    assert Entry.objects.filter(verb="added_unit").count() == 3


def test_two_open_units_cannot_share_a_name(bureau, blue, at):
    with pytest.raises(NameTaken):
        actions.add_unit(name=blue.name, kind="team", parent=bureau, actor=None, at=at("09:00"))


def test_nothing_is_opened_below_a_closed_unit(blue, at):
    blue.closed_at = at("08:00")
    blue.save()

    with pytest.raises(UnitClosed):
        actions.add_unit(name="分队", kind="team", parent=blue, actor=None, at=at("09:00"))


def test_an_administrator_grants_below_and_the_trail_says_so(hospital, blue, at):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()

    role = actions.grant_role(user=new, unit=blue, name="coordinator", granted_by=li, at=at("09:00"))

    assert role.granted_by == li
    assert Entry.objects.get(verb="granted_role").facts == {"role": "coordinator", "user": new.code}


def test_nobody_grants_beyond_their_own_scope(bureau, hospital, at):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()

    with pytest.raises(MayNot):
        actions.grant_role(user=new, unit=bureau, name="coordinator", granted_by=li, at=at("09:00"))


def test_a_coordinator_grants_no_role_of_staff(hospital, wang, at):
    with pytest.raises(MayNot):
        actions.grant_role(user=make_user(), unit=hospital, name="reviewer", granted_by=wang, at=at("09:00"))


def test_without_a_second_factor_nothing_is_granted(hospital, at):
    li = make_staff(unit=hospital, role=ADMINISTRATOR, second_factor=False)

    with pytest.raises(SecondFactorNeeded):
        actions.grant_role(user=make_user(), unit=hospital, name="reviewer", granted_by=li, at=at("09:00"))


def test_a_role_is_held_once(hospital, wang, at):
    with pytest.raises(RoleHeldAlready):
        actions.grant_role(user=wang, unit=hospital, name="coordinator", granted_by=None, at=at("09:00"))


def test_a_role_ends_once(bureau, wang, at):
    li, role = make_staff(unit=bureau, role=ADMINISTRATOR), Role.objects.get(user=wang)
    actions.end_role(role=role, ended_by=li, at=at("09:00"))

    with pytest.raises(RoleEndedAlready):
        actions.end_role(role=role, ended_by=li, at=at("09:01"))


def test_the_last_administrator_cannot_be_ended_but_one_of_two_can(bureau, at):
    li, zhou = make_staff(unit=bureau, role=ADMINISTRATOR), make_staff(unit=bureau, role=ADMINISTRATOR)
    actions.end_role(role=zhou.roles.get(), ended_by=li, at=at("09:00"))

    with pytest.raises(LastAdministrator):
        actions.end_role(role=li.roles.get(), ended_by=li, at=at("09:01"))


def test_an_administrator_below_another_can_be_ended(bureau, hospital, at):
    li, below = make_staff(unit=bureau, role=ADMINISTRATOR), make_staff(unit=hospital, role=ADMINISTRATOR)

    assert actions.end_role(role=below.roles.get(), ended_by=li, at=at("09:00")).ends_at == at("09:00")


def told(user) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(user=user).order_by("pk").values_list("kind", "values__role")
    return list(rows)


def test_whoever_is_given_a_role_hears_of_it_and_of_its_end(hospital, blue, at):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()

    with translation.override("en"):
        desk = actions.grant_role(user=new, unit=blue, name="coordinator", granted_by=li, at=at("09:00"))
        actions.grant_role(user=new, unit=blue, name="team_leader", granted_by=li, at=at("09:01"))
        actions.end_role(role=desk, ended_by=li, at=at("10:00"))

    assert told(new) == [("desk_role_given", "协调员"), ("role_given", "队长"), ("role_ended", "协调员")]


def test_a_volunteers_place_in_a_team_is_no_news_of_a_role(hospital, blue, at):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()

    role = actions.grant_role(user=new, unit=blue, name="volunteer", granted_by=li, at=at("09:00"))
    actions.end_role(role=role, ended_by=li, at=at("10:00"))

    assert told(new) == []


def test_a_week_before_its_last_day_a_role_is_told_of_once(hospital, blue, at, now_is):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()
    ends_at = at("00:00", days=31)
    actions.grant_role(user=new, unit=blue, name="team_leader", granted_by=li, ends_at=ends_at, at=at("09:00"))

    for days in (1, 23, 24, 25, 32):
        now_is(at("08:45", days=days))
        jobs.tell_of_ending_roles(timestamp=0)

    ending = Notice.objects.get(user=new, kind="role_ending")
    assert ending.told_at == at("08:45", days=24)
    assert ending.values["day"] == at("12:00", days=30).date().isoformat()


def test_what_was_told_of_an_end_goes_when_the_role_goes_on(hospital, blue, at):
    li, new = make_staff(unit=hospital, role=ADMINISTRATOR), make_user()
    said = {"user": new, "unit": blue, "name": "team_leader", "granted_by": li}
    role = actions.grant_role(**said, ends_at=at("00:00", days=5), at=at("09:00"))
    telling.ending(at=at("10:00"))

    actions.change_term(role=role, ends_at=at("00:00", days=6), by=li, at=at("11:00"))
    before = told(new)
    telling.ending(at=at("12:00"))

    assert before == [("role_given", "队长")]
    assert told(new) == [("role_given", "队长"), ("role_ending", "队长")]


def test_the_term_of_a_role_in_a_closed_unit_stays(hospital, blue, at):
    li = make_staff(unit=hospital, role=ADMINISTRATOR)
    role = actions.grant_role(user=make_user(), unit=blue, name="team_leader", granted_by=li, at=at("09:00"))
    Unit.objects.filter(pk=blue.pk).update(closed_at=at("09:30"))

    with pytest.raises(UnitClosed):
        actions.change_term(role=role, ends_at=at("00:00", days=9), by=li, at=at("10:00"))


def test_a_policy_holds_below_from_its_start_on(bureau, blue, at):
    li = make_staff(unit=bureau, role=ADMINISTRATOR)

    actions.set_policy(
        unit=bureau, name="minimum_age", value="18", set_by=li, starts_at=at("09:00", days=1), at=at("09:00")
    )

    assert queries.policy("minimum_age", blue, at=at("10:00")) == 16
    assert queries.policy("minimum_age", blue, at=at("09:00", days=1)) == 18
    assert Entry.objects.get(verb="set_policy").facts["before"] == 16


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minimum_age", "十六"),
        ("minimum_age", 5),
        ("minimum_age", "16.5"),
        ("minimum_age", True),
        ("rounding", "up15"),
        ("credited_provenance", []),
        ("credited_provenance", ["code", "gift"]),
        ("credited_provenance", "code"),
        ("credit_rates", {"0004": 301}),
        ("credit_rates", {"0000": 100}),
        ("credit_rates", 100),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(bureau, at, name, value):
    with pytest.raises(BadPolicyValue):
        actions.set_policy(unit=bureau, name=name, value=value, set_by=None, starts_at=at("09:00"), at=at("09:00"))


def test_a_policy_starts_neither_in_the_past_nor_twice(bureau, at):
    new = {"unit": bureau, "name": "minimum_age", "value": 18, "set_by": None, "at": at("09:00")}
    actions.set_policy(**new, starts_at=at("09:00"))

    with pytest.raises(PolicySetAlready):
        actions.set_policy(**new, starts_at=at("09:00"))
    with pytest.raises(PolicyInThePast):
        actions.set_policy(**new, starts_at=at("08:59"))


def test_a_coordinator_sets_no_policy(hospital, wang, at):
    with pytest.raises(MayNot):
        actions.set_policy(
            unit=hospital, name="minimum_age", value=18, set_by=wang, starts_at=at("09:00"), at=at("09:00")
        )
