"""Households: two say yes or staff sees a paper, one leaves, and nobody is in two."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import _below, _unit, at, sign_in, staff
from xinglin.audit.models import Entry
from xinglin.lib.whole_person import Whole
from xinglin.notices.models import Notice
from xinglin.organisation.errors import MayNot
from xinglin.people import assisting, own_data, person, relations
from xinglin.people.assisting import Paper
from xinglin.people.errors import NotAboutOneself, PaperNeeded
from xinglin.people.households import living, queries
from xinglin.people.households.errors import (
    AgreesThemselves,
    AskedAlready,
    AskedTooMany,
    HouseholdFull,
    InHouseholdAlready,
    InvitationOver,
    NotInHousehold,
    OneselfAgain,
)
from xinglin.people.households.living import MOST_ASKED_A_DAY
from xinglin.people.models import Household, HouseholdMember
from xinglin.people.tests.factories import make_staff, make_unit, make_volunteer

NOW = at("09:00")


@pytest.fixture
def mother(blue: Any) -> Any:
    return make_volunteer(unit=blue, name="林母", number="V000778")


def whole(volunteer: Any) -> Whole:
    return Whole(volunteer.person.user, volunteer.person, volunteer)


def together(lin: Any, other: Any, wang: Any) -> HouseholdMember:
    return living.register(person=lin.person, other=other.person, paper="户口簿", by=wang, at=NOW)


def names(volunteer: Any) -> set[str]:
    return {one.person.name for one in queries.members_with(volunteer.person) if one.joined_at}


@pytest.mark.django_db
class TestInviting:
    """By the phone: one asks, the other answers."""

    def test_nobody_belongs_before_they_say_yes(self, lin, mother):
        asked = living.invite(person=lin.person, other=mother.person, at=NOW)

        assert names(lin) == {"林晓"}
        assert Notice.objects.get(kind="household_asked").user == mother.person.user
        living.accept(member=asked, lets_sign_up=True, at=NOW)
        assert names(mother) == {"林晓", "林母"}
        assert Entry.objects.filter(verb="joined_household").count() == 1

    def test_a_no_is_a_no_and_a_second_answer_is_too_late(self, lin, mother):
        asked = living.invite(person=lin.person, other=mother.person, at=NOW)
        living.decline(member=asked, at=NOW)

        with pytest.raises(InvitationOver):
            living.accept(member=asked, lets_sign_up=False, at=NOW)
        assert names(mother) == set()

    def test_twice_is_refused_and_so_is_oneself(self, lin, mother):
        living.invite(person=lin.person, other=mother.person, at=NOW)

        with pytest.raises(AskedAlready):
            living.invite(person=lin.person, other=mother.person, at=NOW)
        with pytest.raises(OneselfAgain):
            living.invite(person=lin.person, other=lin.person, at=NOW)

    def test_nobody_is_in_two_households(self, lin, mother, blue):
        father = make_volunteer(unit=blue, name="林父")
        asked = [living.invite(person=one.person, other=mother.person, at=NOW) for one in (lin, father)]
        living.accept(member=asked[0], lets_sign_up=False, at=NOW)

        with pytest.raises(InHouseholdAlready):
            living.accept(member=asked[1], lets_sign_up=False, at=NOW)

    def test_a_household_has_an_end(self, lin, blue):
        for _one in range(living.MOST_MEMBERS - 1):
            living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=NOW)

        with pytest.raises(HouseholdFull):
            living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=NOW)

    def test_nobody_is_asked_by_one_who_asks_and_asks(self, lin, blue):
        for _number in range(MOST_ASKED_A_DAY):
            living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=NOW)
            living.leave(person=lin.person, at=NOW)  # and begins anew, so that the household is never full

        with pytest.raises(AskedTooMany):
            living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=NOW)
        assert living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=at("09:01", days=1))

    def test_leaving_asks_nobody_and_the_last_one_ends_it(self, lin, mother, blue):
        living.accept(member=living.invite(person=lin.person, other=mother.person, at=NOW), lets_sign_up=True, at=NOW)
        waiting = living.invite(person=lin.person, other=make_volunteer(unit=blue).person, at=NOW)

        living.leave(person=lin.person, at=NOW)

        assert names(mother) == {"林母"}
        living.leave(person=mother.person, at=NOW)
        assert Household.objects.get().ended_at == NOW
        with pytest.raises(InvitationOver):
            living.accept(member=waiting, lets_sign_up=False, at=NOW)
        with pytest.raises(NotInHousehold):
            living.leave(person=mother.person, at=NOW)

    def test_whom_one_may_sign_up_is_said_by_each_and_taken_back(self, lin, mother, wang):
        together(lin, mother, wang)
        assert queries.whom_to_sign_up(lin.person) == []

        living.let_sign_up(person=mother.person, lets=True, at=NOW)

        assert queries.whom_to_sign_up(lin.person) == [mother]
        assert queries.whom_to_sign_up(mother.person) == []
        living.let_sign_up(person=mother.person, lets=False, at=NOW)
        assert queries.whom_to_sign_up(lin.person) == []


@pytest.mark.django_db
class TestTheDesk:
    """By a paper that staff has seen."""

    def test_staff_writes_down_by_a_paper(self, lin, mother, wang):
        together(lin, mother, wang)

        assert names(lin) == {"林晓", "林母"}
        assert Entry.objects.get(verb="registered_in_household").actor_code == wang.code
        with pytest.raises(PaperNeeded):
            living.register(person=lin.person, other=mother.person, paper=" ", by=wang, at=NOW)

    def test_whoever_is_elsewhere_is_asked_and_has_no_name_here(self, lin, wang, association, now_is):
        now_is(NOW)
        other = _below(association, _unit("瑞安市中医院", "hospital"))
        aunt = make_volunteer(unit=other, name="周姑姑", number="V000999")
        desk = sign_in(Client(), wang)

        desk.post(f"/desk/people/{lin.number}/household/", {"number": "v000999", "paper": "户口簿"})

        assert queries.invitations_of(aunt.person).count() == 1
        assert "周姑姑" not in desk.get(f"/desk/people/{lin.number}/household/").content.decode()

    def test_a_stranger_and_oneself_write_nothing(self, lin, mother, association, wang):
        other = _below(association, _unit("瑞安市中医院", "hospital"))
        stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=other)

        with pytest.raises(MayNot):
            together(lin, mother, stranger)
        lin.person.user = wang
        with pytest.raises(NotAboutOneself):
            together(lin, mother, wang)

    def test_only_of_whom_staff_acts_for_it_writes_that_the_family_may_sign_up(self, lin, mother, wang, now_is):
        now_is(NOW)
        row = together(lin, mother, wang)
        desk = sign_in(Client(), wang)
        with pytest.raises(AgreesThemselves):
            living.let_sign_up(person=mother.person, lets=True, by=wang, at=NOW)
        assisting.register(person=mother.person, said=Paper("self", "", "同意书"), by=wang, at=NOW)

        desk.post(f"/desk/people/{lin.number}/household/{row.code}/let/", {"lets": "1"})

        assert queries.whom_to_sign_up(lin.person) == [mother]
        desk.post(f"/desk/people/{lin.number}/household/{row.code}/end/")
        assert names(lin) == {"林晓"}

    def test_what_is_missing_is_said_beside_its_field(self, lin, wang, now_is):
        now_is(NOW)
        desk = sign_in(Client(), wang)

        for said in ({"number": "V9", "paper": "户口簿"}, {"number": lin.number, "paper": "户口簿"}, {"number": ""}):
            assert desk.post(f"/desk/people/{lin.number}/household/", said).status_code == 422
        assert not Household.objects.exists()


@pytest.mark.django_db
class TestOnesOwnPage:
    """On the phone."""

    def test_one_asks_the_other_answers_and_both_see_it(self, lin, mother, wang, now_is):
        now_is(NOW)
        kin = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿"}
        relations.register(**kin, by=wang, at=NOW)
        mine, hers = (sign_in(Client(), one.person.user, second_factor=False) for one in (lin, mother))

        mine.post("/me/household/", {"number": "V000778"})
        assert "林晓请您加入一个家庭" in hers.get("/").content.decode()
        asked = HouseholdMember.objects.get(joined_at__isnull=True)
        hers.post(f"/me/household/{asked.code}/answer/", {"accept": "1", "lets": "1"})

        page = mine.get("/me/household/").content.decode()
        assert "林母" in page
        assert "父母" in page
        assert "可以替他报名" in page
        hers.post("/me/household/leave/")
        assert "林母" not in mine.get("/me/household/").content.decode()

    def test_whoever_has_not_answered_has_no_name_there(self, lin, mother, now_is):
        now_is(NOW)
        mine = sign_in(Client(), lin.person.user, second_factor=False)

        page = mine.post("/me/household/", {"number": "V000778"}, follow=True).content.decode()
        [section] = [one for one in own_data.sections_of(whole(lin)) if one.name == "household"]

        assert "V000778" in page
        assert "林母" not in page
        assert {row["who"] for row in section.rows} == {"林晓"}

    def test_nobody_answers_for_another(self, lin, mother, blue, now_is):
        now_is(NOW)
        asked = living.invite(person=lin.person, other=mother.person, at=NOW)
        stranger = sign_in(Client(), make_volunteer(unit=blue).person.user, second_factor=False)

        assert stranger.post(f"/me/household/{asked.code}/answer/", {"accept": "1"}).status_code == 404
        assert stranger.post("/me/household/", {"number": "V123"}).status_code == 422


@pytest.mark.django_db
class TestWholePersons:
    """Erased, merged, copied."""

    def test_an_erasure_leaves_the_household_and_no_paper(self, lin, mother, wang):
        together(lin, mother, wang)

        person.erase(whole(mother), wang, NOW)

        assert names(lin) == {"林晓"}
        assert not HouseholdMember.objects.filter(person=mother.person).exclude(paper="").exists()

    def test_of_two_accounts_one_place_stays(self, lin, mother, wang, blue):
        twin = make_volunteer(unit=blue, name="林晓")
        together(lin, mother, wang)
        living.accept(
            member=living.invite(person=make_volunteer(unit=blue).person, other=twin.person, at=NOW),
            lets_sign_up=False,
            at=NOW,
        )

        person.merge(whole(lin), whole(twin), wang, NOW)

        assert names(lin) == {"林晓", "林母"}
        assert HouseholdMember.objects.filter(person=lin.person, ended_at=None, joined_at__isnull=False).count() == 1

    def test_what_only_the_other_account_had_comes_along(self, lin, mother, wang, blue):
        twin = make_volunteer(unit=blue, name="林晓")
        together(twin, mother, wang)

        person.merge(whole(lin), whole(twin), wang, NOW)

        assert queries.member_of(lin.person) is not None

    def test_the_copy_names_the_household(self, lin, mother, wang):
        together(lin, mother, wang)

        [section] = [one for one in own_data.sections_of(whole(lin)) if one.name == "household"]

        assert {row["who"] for row in section.rows} == {"林晓", "林母"}


@pytest.mark.django_db(transaction=True)
def test_of_two_yeses_at_once_one_counts():
    hospital = make_unit(kind="hospital")
    make_staff(unit=hospital)
    one, two, three = (make_volunteer(unit=hospital, agreement=False) for _ in range(3))
    asked = [living.invite(person=host.person, other=three.person, at=NOW) for host in (one, two)]
    gate, outcomes = threading.Barrier(2), []

    def say_yes(member: HouseholdMember) -> None:
        try:
            gate.wait(timeout=20)
            living.accept(member=member, lets_sign_up=False, at=NOW)
            outcomes.append("yes")
        except InHouseholdAlready:
            outcomes.append("in one already")
        finally:
            connection.close()

    threads = [threading.Thread(target=say_yes, args=(member,)) for member in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["in one already", "yes"]
