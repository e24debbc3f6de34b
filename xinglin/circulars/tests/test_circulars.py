"""Notices that go down the tree: whom they reach, who has read them, and their pages."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from xinglin.audit.models import Entry
from xinglin.circulars import actions, jobs, queries
from xinglin.circulars.errors import CircularWithdrawn, NothingToSay
from xinglin.circulars.models import Circular, Reach, Receipt
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Joint, Role, Unit
from xinglin.organisation.tests.factories import make_role, make_unit
from xinglin.people.tests.factories import make_staff, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def red(hospital):
    return make_unit(parent=hospital, name="红马甲队")


def write(unit, by, at, *, audience="everybody", time="08:00"):
    return actions.write(unit=unit, audience=audience, title="周五演练", text="请带好马甲", by=by, at=at(time))


def test_it_reaches_everybody_below_and_nobody_beside(bureau, hospital, blue, lin, wang, at):
    elsewhere = make_unit(parent=bureau, name="瑞安市中医院", kind="hospital")
    stranger, above = make_volunteer(unit=make_unit(parent=elsewhere)), make_staff(unit=bureau)

    circular = write(hospital, wang, at)

    assert list(queries.unread(lin.person.user, at=at("09:00"))) == [circular]
    assert not queries.reaching(stranger.person.user, at=at("09:00")).exists()
    assert not queries.reaching(above, at=at("09:00")).exists()
    assert not queries.unread(wang, at=at("09:00")).exists()  # one does not read one's own


def test_one_for_staff_reaches_leaders_and_no_volunteers(hospital, blue, lin, wang, at):
    leader = make_staff(unit=blue, role="team_leader")

    circular = write(hospital, wang, at, audience="staff")

    assert list(queries.unread(leader, at=at("09:00"))) == [circular]
    assert not queries.unread(lin.person.user, at=at("09:00")).exists()


def test_who_came_later_finds_none_of_before(hospital, blue, red, wang, at):
    newcomer = make_volunteer(unit=None)
    write(hospital, wang, at, time="08:00")
    make_role(user=newcomer.person.user, unit=blue, name="volunteer", starts_at=at("08:30"))
    later = write(hospital, wang, at, time="09:00")

    assert list(queries.reaching(newcomer.person.user, at=at("10:00"))) == [later]


def test_opening_it_twice_is_one_receipt_and_shares_count_each_person_once(hospital, blue, red, lin, wang, at):
    other = make_volunteer(unit=red)
    make_role(user=lin.person.user, unit=red, name="volunteer")
    circular = write(hospital, wang, at)

    for _twice in range(2):
        actions.read(circular=circular, user=lin.person.user, at=at("09:00"))
    actions.read(circular=circular, user=wang, at=at("09:00"))

    shares = {share.unit.name: (share.reached, share.read) for share in queries.shares(circular)}
    assert shares == {hospital.name: (2, 1), blue.name: (1, 1), red.name: (2, 1)}
    assert Receipt.objects.count() == 1
    assert other.person.user_id not in Receipt.objects.values_list("user", flat=True)
    assert queries.shares(circular)[0].percent == 50


def test_it_is_taken_back_once_and_found_no_more(hospital, lin, wang, at):
    circular = write(hospital, wang, at)

    actions.withdraw(circular=circular, by=wang, at=at("09:00"))

    assert not queries.reaching(lin.person.user, at=at("10:00")).exists()
    with pytest.raises(CircularWithdrawn):
        actions.withdraw(circular=circular, by=wang, at=at("09:01"))
    assert "演练" not in str(list(Entry.objects.values_list("facts", "reason")))


def test_nobody_writes_beyond_their_scope_or_nothing_at_all(bureau, hospital, lin, wang, at):
    with pytest.raises(MayNot):
        write(bureau, wang, at)
    with pytest.raises(MayNot):
        write(hospital, lin.person.user, at)
    with pytest.raises(NothingToSay):
        actions.write(unit=hospital, audience="everybody", title=" ", text="x", by=wang, at=at("09:00"))


def test_it_is_written_at_the_desk_and_read_on_the_phone(client, sign_in, hospital, blue, lin, wang):
    told = {"unit": hospital.code, "audience": "everybody", "title": "周五演练", "text": "请带好马甲"}
    desk = sign_in(client, wang)
    empty = desk.post(reverse("circulars:write"), {**told, "text": ""})
    desk.post(reverse("circulars:write"), told)
    circular = Circular.objects.get()

    phone = sign_in(client, lin.person.user)
    home = phone.get("/")
    page = phone.get(reverse("circulars:circular", args=[circular.code]))
    after, listed = phone.get("/"), phone.get(reverse("circulars:mine"))
    shares = sign_in(client, wang).get(reverse("circulars:shares", args=[circular.code]))

    assert empty.status_code == 422
    assert "请写上正文" in empty.text
    assert "周五演练" in home.text
    assert "请带好马甲" in page.text
    assert "周五演练" not in after.text
    assert "周五演练" in listed.text
    assert [(share.reached, share.read) for share in shares.context["shares"]] == [(1, 1), (1, 1)]


@pytest.mark.parametrize("role", ["coordinator", "reviewer", "team_leader", "clerk"])
def test_whoever_works_and_is_no_volunteer_finds_it_on_their_first_page_and_at_the_bell(
    client, sign_in, bureau, hospital, wang, at, role
):
    works = make_staff(unit=hospital, role=role)
    above = make_staff(unit=bureau)
    page = sign_in(client, works)
    before = page.get("/", follow=True)
    circular = write(bureau, above, at, audience="staff")
    write(hospital, wang, at)

    first, told = page.get("/", follow=True), page.get(reverse("notices:mine"))
    page.get(reverse("circulars:circular", args=[circular.code]))
    after = page.get("/", follow=True)

    link = reverse("circulars:circular", args=[circular.code])
    assert link not in before.text
    assert link in first.text
    assert link not in after.text
    assert [one.context["unread_notices"] for one in (before, first, after)] == [0, 2, 1]
    assert "2 条没看过" in told.text
    assert reverse("circulars:mine") in told.text


def test_the_bell_counts_what_the_list_of_unread_holds(hospital, blue, red, lin, wang, at):
    make_role(user=lin.person.user, unit=red, name="volunteer")
    make_role(user=lin.person.user, unit=blue, name="team_leader", starts_at=at("08:30"))
    read, gone = write(hospital, wang, at), write(hospital, wang, at)
    write(hospital, wang, at)
    write(blue, wang, at, audience="staff")  # before she led
    write(blue, wang, at, audience="staff", time="09:00")
    write(red, wang, at, audience="staff", time="09:00")  # she does not lead there
    actions.read(circular=read, user=lin.person.user, at=at("10:00"))
    actions.withdraw(circular=gone, by=wang, at=at("10:00"))

    held = Role.objects.filter(user=lin.person.user).annotate(count=queries.unread_of("user", at=at("11:00")))

    assert queries.unread(lin.person.user, at=at("11:00")).count() == 2
    assert {role.count for role in held} == {2}
    assert Role.objects.filter(user=wang).annotate(count=queries.unread_of("user", at=at("11:00"))).get().count == 0


# Where the tree changes afterwards ---------------------------------------------------------------------------------


def figures(circular):
    return {share.unit.name: (share.reached, share.read) for share in queries.shares(circular)}


@pytest.fixture
def other(association):
    """Another hospital, and who coordinates it."""
    unit = make_unit(parent=association, name="瑞安市中医院", kind="hospital")
    return unit, make_staff(unit=unit)


def test_a_team_that_moves_is_told_nothing_of_before_and_loses_nothing(hospital, blue, other, lin, wang, at):
    unit, coordinator = other
    ours, theirs = write(hospital, wang, at), write(unit, coordinator, at)
    before = figures(ours)

    organisation.move_unit(unit=blue, below=unit, by=None, at=at("09:00"))
    later = write(unit, coordinator, at, time="10:00")
    gone = write(hospital, wang, at, time="10:00")

    assert list(queries.unread(lin.person.user, at=at("11:00"))) == [later, ours]
    assert figures(ours) == before == {hospital.name: (1, 0), blue.name: (1, 0)}
    assert figures(theirs) == {unit.name: (0, 0)}
    assert figures(later) == {unit.name: (1, 0), blue.name: (1, 0)}
    assert figures(gone) == {hospital.name: (0, 0)}


def test_who_carries_a_team_reaches_it_and_counts_it_as_the_tree_does(
    association, hospital, blue, other, lin, wang, at
):
    unit, coordinator = other
    part = make_unit(parent=blue, name="蓝衣一组")
    member, beside = make_volunteer(unit=part), make_volunteer(unit=make_unit(parent=hospital))
    organisation.add_joint(unit=blue, parent=unit, by=None, at=at("07:00"))

    circular = write(unit, coordinator, at)
    above = write(association, make_staff(unit=association), at)
    actions.read(circular=circular, user=member.person.user, at=at("09:00"))

    assert list(queries.unread(lin.person.user, at=at("10:00"))) == [circular, above][::-1]
    assert not queries.reaching(beside.person.user, at=at("10:00")).filter(pk=circular.pk).exists()
    assert figures(circular) == {unit.name: (2, 1), blue.name: (2, 1), part.name: (1, 1)}
    shown = [(share.unit.name, share.level, share.reached) for share in queries.shares(above)]
    assert shown[0] == (association.name, 0, 5)  # each person once, the two coordinators among them
    assert [(name, level) for name, level, reached in shown if name == blue.name and reached == 2] == [
        (blue.name, 2)
    ] * 2
    assert [reached for name, _level, reached in shown if name == unit.name] == [3]


def test_who_carries_it_no_more_reaches_it_no_more(blue, other, lin, at):
    unit, coordinator = other
    joint = organisation.add_joint(unit=blue, parent=unit, by=None, at=at("07:00"))
    before = write(unit, coordinator, at)

    Joint.objects.filter(pk=joint.pk).update(ended_at=at("08:30"))
    write(unit, coordinator, at, time="09:00")

    assert list(queries.unread(lin.person.user, at=at("10:00"))) == [before]
    assert figures(before) == {unit.name: (1, 0), blue.name: (1, 0)}


def test_a_circular_to_a_carried_unit_costs_the_same_for_many(hospital, other, wang, at, django_assert_max_num_queries):
    unit, coordinator = other
    for _ in range(12):
        team = make_unit(parent=hospital)
        make_volunteer(unit=team)
        organisation.add_joint(unit=team, parent=unit, by=None, at=at("07:00"))

    with django_assert_max_num_queries(10):
        circular = write(unit, coordinator, at)
    with django_assert_max_num_queries(4):
        shares = queries.shares(circular)

    assert shares[0].reached == 12


def test_what_was_written_before_units_were_kept_is_laid_out_as_the_tree_stood(hospital, blue, other, lin, wang, at):
    unit, coordinator = other
    ours, theirs = write(hospital, wang, at), write(unit, coordinator, at)
    kept = set(Reach.objects.values_list("circular", "above", "unit"))
    organisation.move_unit(unit=blue, below=unit, by=None, at=at("09:00"))
    later = make_unit(parent=hospital, name="后来的队")
    Unit.objects.filter(pk=later.pk).update(opened_at=at("10:00"))
    Reach.objects.all().delete()

    migration = import_module("xinglin.circulars.migrations.0003_say_what_was_reached")
    for _twice in range(2):
        migration.say(apps, SimpleNamespace(connection=connection))

    assert set(Reach.objects.values_list("circular", "above", "unit")) == kept
    assert figures(ours) == {hospital.name: (1, 0), blue.name: (1, 0)}
    assert figures(theirs) == {unit.name: (0, 0)}


def test_what_another_release_wrote_meanwhile_is_laid_out_by_the_clock(hospital, blue, lin, wang, at, now_is):
    circular = write(hospital, wang, at)
    Reach.objects.all().delete()
    now_is(at("08:04"))

    assert jobs.lay_out(0) == 1
    assert jobs.lay_out(0) == 0

    assert list(queries.unread(lin.person.user, at=at("09:00"))) == [circular]


def test_a_list_of_many_takes_few_queries(client, sign_in, hospital, lin, wang, at, django_assert_max_num_queries):
    for _ in range(25):
        write(hospital, wang, at)
    phone = sign_in(client, lin.person.user)

    with django_assert_max_num_queries(12):
        assert phone.get(reverse("circulars:mine")).status_code == 200
