"""What was decided elsewhere, what is pressed twice or too late, and shifts that were called off."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at
from xinglin.activities import actions, errors, evidence, planning, queries, vouching
from xinglin.activities.evidence import AWAITING_NOD, BY_LEADER
from xinglin.activities.models import Attendance, Shift
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.activities.tests.test_actions import come, leave, plan, take
from xinglin.activities.tests.test_views import new_shift, text, url
from xinglin.audit.models import Entry
from xinglin.hours import actions as hours
from xinglin.hours.models import Record
from xinglin.people.tests.factories import make_application, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lin(client, lin, sign_in, now_is):
    now_is(at("08:55"))
    return sign_in(client, lin.person.user)


@pytest.fixture
def as_wang(client, wang, sign_in, now_is):
    now_is(at("08:55"))
    return sign_in(client, wang)


# What was decided elsewhere ------------------------------------------------------------------------------------


def test_what_the_desk_has_confirmed_a_leader_neither_strikes_out_nor_replaces(lin, wang, zhao):
    signup = make_signup(make_shift(), lin)
    come(signup, when="09:00")
    actions.close_forgotten(at=at("12:31"))
    hours.confirm(record=Record.objects.get(), by=zhao, at=at("12:40"))

    with pytest.raises(errors.DecidedAlready):
        vouching.deny(attendance=Attendance.objects.get(), by=wang, at=at("12:50"))
    with pytest.raises(errors.DecidedAlready):
        leave(signup, how=BY_LEADER, by=wang, when="12:50", left_at=at("11:00"))

    assert Record.objects.get().state == Record.State.PUBLICISED
    assert not queries.waiting_for_nod(wang, at=at("12:50")).exists()


def test_what_the_desk_has_voided_is_not_recorded_again_by_undoing(lin, zhao):
    signup = make_signup(make_shift(), lin)
    come(signup)
    record = leave(signup)
    hours.void(record=record, by=zhao, reason="人不在现场", at=at("12:01"))

    with pytest.raises(errors.DecidedAlready):
        actions.undo(signup=signup, by=lin.person.user, at=at("12:02"))

    assert leave(signup, when="12:03") is None
    assert Record.objects.count() == 1


def test_a_leaving_that_earned_nothing_can_still_be_undone(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="08:40")
    leave(signup, when="08:41")

    assert actions.undo(signup=signup, by=lin.person.user, at=at("08:42")) == "left"


def test_taking_the_place_anew_gives_no_new_guesses(lin, now_is):
    shift = make_shift(places=5)
    signup = take(lin, shift)
    for _ in range(5):
        with pytest.raises(errors.CodeExpired):
            evidence.evidence_of_spoken_code(signup=signup, digits="x", at=at("08:01", days=-1))

    actions.cancel_signup(signup=signup, at=at("08:02", days=-1))
    anew = take(lin, shift, when="08:02")

    with pytest.raises(errors.TooManyWrongCodes):
        evidence.evidence_of_spoken_code(signup=anew, digits="x", at=at("08:03", days=-1))


def test_nothing_is_planned_for_a_time_that_is_over(blue, wang):
    with pytest.raises(errors.PlanInThePast):
        planning.plan_shift(plan=plan(blue), actor=wang, at=at("23:00", days=9))


# Around the edges ----------------------------------------------------------------------------------------------


def test_the_leaders_phone_is_for_those_who_signed_up_and_each_look_is_written_down(as_lin, lin, blue):
    leader = make_volunteer(unit=blue, name="王敏", phone="13900000007")
    shift = make_shift(starts_at=at("14:00"), leader=leader.person.user)

    before = as_lin.post(url("call", shift.code))
    make_signup(shift, lin)
    after = as_lin.post(url("call", shift.code))

    assert before.status_code == 403
    assert "13900000007" in text(after)
    assert Entry.objects.filter(verb="saw_leaders_phone").count() == 1
    assert "13900000007" not in as_lin.get(url("shift", shift.code)).content.decode()


def test_a_called_off_shift_tells_why_to_those_who_signed_up(as_lin, lin, wang):
    shift = make_shift(starts_at=at("14:00"))
    make_signup(shift, lin)
    planning.call_off(shift=shift, reason="台风要来", by=wang, at=at("08:00"))

    page = text(as_lin.get(url("shift", shift.code)))

    assert "台风要来" in page
    assert "自动退掉" in page


def test_whoever_still_applies_is_not_asked_to_apply_again(client, sign_in, now_is, blue):
    now_is(at("08:00"))
    application = make_application(unit=blue)
    shift = make_shift()

    page = sign_in(client, application.person.user).post(url("take", shift.code))

    assert page.status_code == 409
    assert reverse("people:application_state") in page.content.decode()
    assert reverse("people:apply") not in page.content.decode()


def test_a_place_in_a_shift_that_runs_is_told_without_an_undo_that_would_refuse(as_lin, lin, now_is):
    now_is(at("09:30"))
    shift = make_shift()
    Shift.objects.update(closes_at=shift.ends_at)

    page = as_lin.post(url("take", shift.code), follow=True)

    assert "现在就可以签到" in text(page)
    assert url("cancel", shift.code) not in page.content.decode()


def test_the_leaders_phone_is_shown_around_the_shift_only(as_lin, lin, blue):
    leader = make_volunteer(unit=blue, name="王敏", phone="13900000007")
    later = make_shift(starts_at=at("14:00", days=3), leader=leader.person.user)
    make_signup(later, lin, at=at("08:00"))

    page, asked = as_lin.get(url("shift", later.code)), as_lin.post(url("call", later.code))

    assert "联系带队人" not in text(page)
    assert asked.status_code == 403
    assert "13900000007" not in asked.content.decode()


def test_pressing_consent_twice_checks_in_all_the_same(as_lin, lin):
    shift = make_shift(latitude=27.78, longitude=120.65)
    make_signup(shift, lin)
    here = {"proof": "poster", "latitude": "27.78", "longitude": "120.65", "consent": "1"}

    as_lin.post(url("come", shift.code), here | {"latitude": "28.78"})
    as_lin.post(url("come", shift.code), here)

    assert Attendance.objects.get().came_how == "location"


def test_a_leader_decides_about_those_who_came_before_it_was_called_off(as_wang, lin, wang):
    shift = make_shift()
    signup = make_signup(shift, lin)
    actions.come(signup=signup, evidence=AWAITING_NOD, by=lin.person.user, at=at("08:50"))
    planning.call_off(shift=shift, reason="停电", by=wang, at=at("08:55"))

    page = as_wang.get(url("lead", shift.code)).content.decode()

    assert url("nod", shift.code, signup.code) in page
    assert "spoken-code" not in page


def test_a_shift_that_is_over_is_not_published(as_wang, blue):
    answer = as_wang.post(url("new"), new_shift(blue, day="2026-11-23"))

    assert answer.status_code == 422
    assert "已经过去了" in text(answer)
