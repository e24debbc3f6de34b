"""Who took back their consent to what is kept of them is arranged for nowhere, and hears how to come back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, sign_in
from xinglin.activities import actions, families
from xinglin.activities.consent_errors import TheirConsentIsWithdrawn
from xinglin.activities.models import Attendance, Signup
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.activities.walkins import joining
from xinglin.people import assisting, consenting, guardians
from xinglin.people.households import living
from xinglin.people.tests.factories import make_texts, make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("08:00")


@pytest.fixture
def shift(blue):
    return make_shift(places=3, unit=blue, starts_at=at("09:00", days=2))


@pytest.fixture
def withdrawn(lin):
    make_texts()
    consenting.give(person=lin.person, kind="privacy", at=NOW)
    consenting.withdraw(person=lin.person, kind="privacy", at=NOW)
    return lin


def test_she_is_told_how_to_say_yes_again_and_then_has_the_place(client, now_is, shift, withdrawn):
    now_is(at("10:00"))
    sign_in(client, withdrawn.person.user)
    take = reverse("activities:take", args=[shift.code])

    refused = client.post(take)
    consenting.give(person=withdrawn.person, kind="privacy", at=NOW)
    signup = actions.take_shift(volunteer=withdrawn, post=shift.posts.get(), at=NOW)

    assert refused.status_code == 403
    assert reverse("people:consents") in refused.content.decode()
    assert signup.state == Signup.State.TAKEN


def test_a_place_that_was_taken_before_stays(shift, lin):
    make_texts()
    consenting.give(person=lin.person, kind="privacy", at=NOW)
    signup = actions.take_shift(volunteer=lin, post=shift.posts.get(), at=NOW)

    consenting.withdraw(person=lin.person, kind="privacy", at=NOW)

    signup.refresh_from_db()
    assert signup.state == Signup.State.TAKEN


def test_a_leader_with_a_list_from_the_group_reads_whose_word_is_missing(client, now_is, shift, withdrawn, wang):
    now_is(at("10:00"))

    page = sign_in(client, wang).post(
        reverse("activities:chat_sign_up", args=[shift.code]), {"text": "1. 林晓", "who-0": withdrawn.number}
    )

    assert "林晓：不能再替这位志愿者安排新的班次" in page.content.decode()
    assert not Signup.objects.exists()


def test_the_desk_reads_that_only_they_themselves_can_mend_it(client, now_is, shift, withdrawn, wang):
    now_is(at("10:00"))
    said = assisting.Paper("self", withdrawn.person.name, "同意书")
    assisting.register(person=withdrawn.person, said=said, by=wang, at=NOW)

    page = sign_in(client, wang).post(
        reverse("activities:sign_up_for", args=[withdrawn.number]), {"post": shift.posts.get().code}
    )

    assert page.status_code == 403
    assert "本人撤回了个人信息的同意" in page.content.decode()
    assert "没有手机的，签在纸上，由协调员" in page.content.decode()


def test_nobody_is_put_down_from_the_paper_sheet(shift, withdrawn, wang):
    with pytest.raises(TheirConsentIsWithdrawn):
        joining.join_late(volunteer=withdrawn, post=shift.posts.get(), by=wang, at=at("12:30", days=2))


def test_the_family_cannot_sign_them_up_either(shift, withdrawn, blue, wang):
    mother = make_volunteer(unit=blue, name="林母")
    living.register(person=mother.person, other=withdrawn.person, paper="户口簿", by=wang, at=NOW)
    living.let_sign_up(person=withdrawn.person, lets=True, at=NOW)

    done = families.take_together(
        volunteers=[mother, withdrawn], post=shift.posts.get(), by=mother.person.user, at=NOW, some_are_enough=True
    )

    assert [signup.volunteer for signup in done.taken] == [mother]
    assert [type(refusal) for _who, refusal in done.refused] == [TheirConsentIsWithdrawn]


def test_a_child_checks_in_by_place_once_the_guardian_has_agreed(client, now_is, blue, lin, wang):
    make_texts()
    girl = make_volunteer(unit=blue, name="林小雨", born_on=dt.date(2014, 3, 1))
    facts = {"child": girl.person, "guardian": lin.person, "capacity": "parent", "paper": "户口簿"}
    ward = guardians.register(**facts, by=wang, at=NOW)
    shift = make_shift(unit=blue, latitude=27.78, longitude=120.65)
    make_signup(shift, girl)
    now_is(at("08:55"))
    sign_in(client, girl.person.user)
    poster = reverse("activities:poster_scan", args=[shift.code])
    here = {"proof": "poster", "latitude": "27.78", "longitude": "120.65", "consent": "1"}

    before = client.get(poster).content.decode()
    client.post(reverse("activities:come", args=[shift.code]), here)
    has_come = Attendance.objects.exists()
    consenting.give_for(guardianship=ward, kind="location", version="2026-11", at=NOW)
    client.post(reverse("activities:come", args=[shift.code]), here)

    assert "先请家长在“我的孩子”里替您同意" in before
    assert "data-latitude" not in before
    assert not has_come
    assert Attendance.objects.get().came_how == "location"
