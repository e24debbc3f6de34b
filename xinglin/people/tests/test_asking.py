"""Tying two people of different units: the other one is asked, and until a yes a desk knows their number alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, staff
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.organisation.errors import MayNot
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import asking, guardians, queries, relations
from xinglin.people.desk_errors import TieAskedAlready, TieQuestionOver
from xinglin.people.errors import (
    GuardedAlready,
    GuardianTooYoung,
    NotAMinor,
    PaperNeeded,
    RelatedAlready,
    RelatedToOneself,
)
from xinglin.people.models import AskedTie, Guardianship, Relation
from xinglin.people.tests.factories import make_texts, make_volunteer
from xinglin.people.tests.test_races import at_once

pytestmark = pytest.mark.django_db
CHILD_BORN = dt.date(2014, 5, 17)


@pytest.fixture
def elsewhere(association):
    return make_unit(parent=association, kind="hospital", name="瑞安市中医院")


@pytest.fixture
def stranger(elsewhere):
    return make_volunteer(unit=make_unit(parent=elsewhere, name="红马甲队"), name="何苗", number="V000777")


@pytest.fixture
def daughter(blue):
    return make_volunteer(unit=blue, name="林小雨", number="V000780", born_on=CHILD_BORN)


def relate(volunteer, other, by, **said):
    facts = {"kind": "friend", "paper": "两人当面说过"} | said
    return asking.relate(person=volunteer.person, relative=other.person, by=by, at=at("09:00"), **facts)


def guard(child, guardian, by, **said):
    facts = {"capacity": "parent", "paper": "户口簿"} | said
    return asking.guard(child=child.person, guardian=guardian.person, by=by, at=at("09:00"), **facts)


# Relations --------------------------------------------------------------------------------------------------------


def test_two_of_ones_own_are_tied_at_once(lin, blue, wang):
    mother = make_volunteer(unit=blue, name="林母")

    assert isinstance(relate(lin, mother, wang, kind="parent"), Relation)
    assert not AskedTie.objects.exists()


def test_somebody_of_another_unit_is_asked_and_until_then_nobody_is_tied(lin, stranger, wang):
    asked = relate(lin, stranger, wang)

    assert isinstance(asked, AskedTie)
    assert queries.tie_between(lin.person, stranger.person) is None
    assert Notice.objects.get(user=stranger.person.user).kind == "tie_asked"
    assert Entry.objects.get(verb="asked_of_tie").facts == {"tie": asked.code, "what": "relation"}
    with pytest.raises(TieAskedAlready):
        relate(lin, stranger, wang)


def test_a_yes_ties_the_two_as_the_paper_had_it(lin, stranger, wang):
    asked = relate(lin, stranger, wang, kind="parent")

    asking.answer(asked=asked, says_yes=True, at=at("10:00"))

    relation = Relation.objects.get()
    assert queries.tie_between(lin.person, stranger.person) == "parent"
    assert (relation.confirmed_by, relation.paper) == (wang, "两人当面说过")
    with pytest.raises(TieQuestionOver):
        asking.answer(asked=asked, says_yes=False, at=at("10:01"))


def test_a_no_ties_nobody_and_they_may_be_asked_anew(lin, stranger, wang):
    asking.answer(asked=relate(lin, stranger, wang), says_yes=False, at=at("10:00"))

    assert not Relation.objects.exists()
    assert isinstance(relate(lin, stranger, wang), AskedTie)


def test_who_is_tied_already_is_not_asked(lin, daughter, stranger, wang):
    asking.answer(asked=relate(lin, stranger, wang), says_yes=True, at=at("10:00"))
    asking.answer(asked=guard(daughter, stranger, wang), says_yes=True, at=at("10:00"))

    with pytest.raises(RelatedAlready):
        relate(lin, stranger, wang)
    with pytest.raises(GuardedAlready):
        guard(daughter, stranger, wang)
    assert not AskedTie.objects.filter(ended_at__isnull=True).exists()


def test_a_question_is_taken_back_and_its_news_with_it(lin, stranger, wang):
    asked = relate(lin, stranger, wang)

    asking.take_back(asked=asked, by=wang, at=at("09:05"))

    assert not Notice.objects.exists()
    with pytest.raises(TieQuestionOver):
        asking.answer(asked=asked, says_yes=True, at=at("10:00"))


def test_without_a_paper_about_oneself_or_beyond_ones_units_nobody_is_asked(lin, stranger, wang, elsewhere):
    other = staff(name="周正", login_name="zhou", role="reviewer", unit=elsewhere)

    with pytest.raises(PaperNeeded):
        relate(lin, stranger, wang, paper=" ")
    with pytest.raises(MayNot):
        relate(stranger, lin, wang)
    with pytest.raises(MayNot):
        relate(stranger, stranger, other)
    with pytest.raises(RelatedToOneself):
        relate(lin, lin, wang)


# Guardians --------------------------------------------------------------------------------------------------------


def test_whether_a_stranger_is_grown_up_is_not_told_to_the_desk(daughter, elsewhere, wang):
    child = make_volunteer(unit=make_unit(parent=elsewhere), name="何小苗", born_on=CHILD_BORN)

    asked = guard(daughter, child, wang)  # sounds as for any number

    with pytest.raises(GuardianTooYoung):
        asking.answer(asked=asked, says_yes=True, at=at("10:00"))
    assert not Guardianship.objects.exists()


def test_a_guardian_of_another_unit_says_yes_themselves(daughter, stranger, wang):
    asking.answer(asked=guard(daughter, stranger, wang), says_yes=True, at=at("10:00"))

    [row] = guardians.guardians_of(daughter.person)
    assert (row.guardian, row.registered_by, row.consented_at) == (stranger.person, wang, None)


def test_nobody_is_asked_to_decide_for_a_grown_up(lin, stranger, wang):
    with pytest.raises(NotAMinor):
        guard(lin, stranger, wang)


# Pages ------------------------------------------------------------------------------------------------------------


def test_the_desk_sees_a_number_until_the_other_has_said_yes(client, sign_in, lin, stranger, wang, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)
    page = reverse("people:relations", args=[lin.number])
    said = {"number": "v000777", "kind": "friend", "paper": "两人当面说过"}

    asked = client.post(reverse("people:add_relation", args=[lin.number]), said, follow=True).text
    again = client.post(reverse("people:add_relation", args=[lin.number]), said)
    asking.answer(asked=AskedTie.objects.get(), says_yes=True, at=at("09:05"))
    afterwards = client.get(page).text

    assert ("何苗" in asked, "V000777" in asked, "等对方答应" in asked) == (False, True, True)
    assert (again.status_code, "何苗" in again.text) == (422, False)
    assert "何苗" in afterwards


def test_a_relation_that_nobody_was_asked_of_shows_no_name_of_other_units(client, sign_in, lin, stranger, wang, now_is):
    now_is(at("09:00"))
    relations.register(
        person=lin.person, relative=stranger.person, kind="friend", paper="当面说的", by=wang, at=at("08:00")
    )
    sign_in(client, wang)

    shown = client.get(reverse("people:relations", args=[lin.number])).text

    assert ("何苗" in shown, "V000777" in shown) == (False, True)


def test_the_guardian_form_tells_neither_name_nor_age(client, sign_in, daughter, stranger, elsewhere, wang, now_is):
    now_is(at("09:00"))
    make_texts()
    child = make_volunteer(unit=make_unit(parent=elsewhere), name="何小苗", number="V000778", born_on=CHILD_BORN)
    sign_in(client, wang)

    answers = [
        client.post(
            reverse("people:add_guardian", args=[daughter.number]),
            {"number": one.number, "capacity": "parent", "paper": "户口簿"},
            follow=True,
        )
        for one in (stranger, child)
    ]

    for answer in answers:
        assert "已经请本人在手机上答应" in answer.text
        assert "何" not in answer.text


def test_the_other_one_is_asked_on_their_own_page_and_answers(client, sign_in, lin, stranger, wang, now_is):
    now_is(at("09:00"))
    asked = relate(lin, stranger, wang)
    sign_in(client, stranger.person.user, second_factor=False)

    shown = client.get(reverse("people:my_relations")).text
    done = client.post(reverse("people:answer_tie", args=[asked.code]), {"accept": "1"}, follow=True)

    assert ("您和林晓是亲友吗" in shown, "答应" in shown) == (True, True)
    assert "可以互相送时间" in done.text
    assert queries.tie_between(lin.person, stranger.person) == "friend"


def test_nobody_answers_for_another(client, sign_in, lin, stranger, wang, now_is):
    now_is(at("09:00"))
    asked = relate(lin, stranger, wang)
    sign_in(client, lin.person.user, second_factor=False)

    assert client.post(reverse("people:answer_tie", args=[asked.code]), {"accept": "1"}).status_code == 404


def test_the_desk_takes_a_question_back(client, sign_in, lin, daughter, stranger, wang, now_is):
    now_is(at("09:00"))
    make_texts()
    sign_in(client, wang)
    of_kin, of_guardian = relate(lin, stranger, wang), guard(daughter, stranger, wang)

    client.post(reverse("people:take_back_tie", args=[lin.number, of_kin.code]))
    client.post(reverse("people:take_back_guardian", args=[daughter.number, of_guardian.code]))

    assert not AskedTie.objects.filter(ended_at__isnull=True).exists()


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_taking_back_at_once_come_to_one_of_them(bureau):
    unit = make_unit(parent=bureau, kind="hospital")
    by = staff(name="王敏", login_name="wangmin", role="coordinator", unit=unit)
    one = make_volunteer(unit=unit)
    other = make_volunteer(unit=make_unit(parent=bureau, kind="hospital"))
    asked = relate(one, other, by)

    outcomes = at_once(
        lambda: asking.answer(asked=asked, says_yes=True, at=at("10:00")),
        lambda: asking.take_back(asked=asked, by=by, at=at("10:00")),
    )

    assert outcomes["TieQuestionOver"] == 1
    assert Relation.objects.count() == (1 if AskedTie.objects.get().is_yes else 0)
