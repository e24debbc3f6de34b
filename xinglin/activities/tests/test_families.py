"""A family signs up together: each by their own rules, all of them or, if that is said, those who can."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.activities import families
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.notices.models import Notice
from xinglin.people import guardians
from xinglin.people.households import living
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("08:00")


@pytest.fixture
def mother(blue: Any, lin: Any, wang: Any) -> Any:
    found = make_volunteer(unit=blue, name="林母", number="V000778")
    living.register(person=lin.person, other=found.person, paper="户口簿", by=wang, at=NOW)
    living.let_sign_up(person=found.person, lets=True, at=NOW)
    return found


@pytest.fixture
def girl(blue: Any, lin: Any, wang: Any) -> Any:
    """Nine years old: she comes where her mother comes."""
    found = make_volunteer(unit=blue, name="林小雨", number="V000780", born_on=dt.date(2017, 3, 1))
    facts = {"child": found.person, "guardian": lin.person, "capacity": "parent", "paper": "户口簿"}
    guardians.consent(guardianship=guardians.register(**facts, by=wang, at=NOW), at=NOW)
    living.register(person=lin.person, other=found.person, paper="户口簿", by=wang, at=NOW)
    return found


def states(*volunteers: Any) -> list[bool]:
    return [Signup.objects.filter(volunteer=one, state="taken").exists() for one in volunteers]


def test_all_of_them_get_a_place_and_each_hears_who_took_it(blue, lin, mother, girl):
    post = make_shift(places=3, unit=blue).posts.get()

    done = families.take_together(volunteers=[girl, mother, lin], post=post, by=lin.person.user, at=NOW)

    assert done.refused == []
    assert states(lin, mother, girl) == [True, True, True]
    taken_by = {signup.volunteer.person.name: signup.taken_by for signup in done.taken}
    assert taken_by == {"林晓": None, "林母": lin.person.user, "林小雨": lin.person.user}
    assert Notice.objects.filter(kind="signed_up_by_other", user=mother.person.user).count() == 1


def test_where_one_cannot_nobody_is_signed_up_and_the_reason_stands_there(blue, lin, mother, girl):
    post = make_shift(places=2, unit=blue).posts.get()

    done = families.take_together(volunteers=[lin, mother, girl], post=post, by=lin.person.user, at=NOW)

    assert [(who.person.name, refusal.code) for who, refusal in done.refused] == [("林小雨", "shift_full")]
    assert (done.taken, states(lin, mother, girl)) == ([], [False, False, False])
    assert not Notice.objects.filter(kind="signed_up_by_other").exists()


def test_those_who_can_go_where_that_is_said(blue, lin, mother, girl):
    post = make_shift(places=2, unit=blue).posts.get()

    done = families.take_together(
        volunteers=[lin, mother, girl], post=post, by=lin.person.user, at=NOW, some_are_enough=True
    )

    assert len(done.taken) == 2
    assert states(lin, mother, girl) == [True, True, False]


def test_a_child_goes_by_its_guardian_only(blue, lin, mother, girl, wang):
    living.let_sign_up(person=lin.person, lets=True, at=NOW)
    post = make_shift(places=3, unit=blue).posts.get()

    done = families.take_together(volunteers=[girl], post=post, by=mother.person.user, at=NOW)

    assert [refusal.code for _who, refusal in done.refused] == ["guardians_word_needed"]
    assert girl not in families.family_of(mother)
    assert families.family_of(lin) == [mother, girl]


def test_nobody_is_signed_up_who_did_not_let_them(blue, lin, mother, now_is):
    now_is(NOW)
    living.let_sign_up(person=mother.person, lets=False, at=NOW)
    shift = make_shift(places=3, unit=blue)
    phone = sign_in(Client(), lin.person.user, second_factor=False)

    assert phone.post(f"/shifts/{shift.code}/family/", {"number": mother.number}).status_code == 404
    assert "和家里人一起报名" not in phone.get(f"/shifts/{shift.code}/").content.decode()
    assert states(mother) == [False]


def test_the_page_says_who_cannot_before_anybody_is_signed_up(blue, lin, mother, girl, now_is):
    now_is(NOW)
    shift = make_shift(places=2, unit=blue)
    phone = sign_in(Client(), lin.person.user, second_factor=False)
    assert "和家里人一起报名" in phone.get(f"/shifts/{shift.code}/").content.decode()
    said = {"number": [lin.number, mother.number, girl.number], "post": shift.posts.get().code}

    first = phone.post(f"/shifts/{shift.code}/family/", said)

    page = first.content.decode()
    assert first.status_code == 422
    assert "有人报不上，都还没有报" in page
    assert "只给能去的人报上" in page
    assert states(lin, mother, girl) == [False, False, False]
    assert phone.post(f"/shifts/{shift.code}/family/", said | {"some": "1"}).status_code == 302
    assert states(lin, mother, girl) == [True, True, False]


def test_nobody_chosen_is_said(blue, lin, mother, now_is):
    now_is(NOW)
    shift = make_shift(places=2, unit=blue)
    phone = sign_in(Client(), lin.person.user, second_factor=False)

    answer = phone.post(f"/shifts/{shift.code}/family/", {})

    assert answer.status_code == 422
    assert "先勾上谁去" in answer.content.decode()


def test_whoever_took_a_place_for_the_family_gives_it_back_for_them(blue, lin, mother, now_is):
    now_is(NOW)
    shift = make_shift(places=3, unit=blue, starts_at=at("14:00", days=7))
    families.take_together(volunteers=[lin, mother], post=shift.posts.get(), by=lin.person.user, at=NOW)
    theirs = Signup.objects.get(volunteer=mother)
    phone = sign_in(Client(), lin.person.user, second_factor=False)

    own = Signup.objects.get(volunteer=lin)
    assert phone.post(f"/shifts/{shift.code}/family/{own.code}/cancel/").status_code == 404
    phone.post(f"/shifts/{shift.code}/family/{theirs.code}/cancel/")

    assert states(lin, mother) == [True, False]


def test_giving_back_late_for_somebody_of_the_family_asks_for_the_reason_first(blue, lin, mother, now_is):
    shift = make_shift(unit=blue, starts_at=at("14:00"))
    families.take_together(volunteers=[mother], post=shift.posts.get(), by=lin.person.user, at=at("08:00", days=-3))
    signup, phone = Signup.objects.get(), sign_in(Client(), lin.person.user, second_factor=False)
    now_is(NOW)
    address = f"/shifts/{shift.code}/family/{signup.code}/cancel/"

    asked, empty = phone.post(address), phone.post(address, {"reason": " "})
    assert ("请写一句原因" in asked.content.decode(), "林母" in asked.content.decode()) == (True, True)
    assert (asked.status_code, empty.status_code, states(mother)) == (200, 409, [True])
    phone.post(address, {"reason": "发烧了"})

    signup.refresh_from_db()
    assert (signup.state, signup.cancelled_late, signup.cancel_reason) == ("cancelled", True, "发烧了")
