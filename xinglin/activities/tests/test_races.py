"""Real threads on PostgreSQL: the last place, two places at once, eight presses of one button."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from conftest import at
from xinglin.activities import actions, errors, families, leaving, planning
from xinglin.activities.evidence import Evidence
from xinglin.activities.models import Attendance, Signup
from xinglin.activities.planning import Plan, PlannedPost
from xinglin.activities.tests.factories import make_shift, make_signup
from xinglin.diary.models import Commitment
from xinglin.hours.models import Record
from xinglin.lib.errors import Refusal
from xinglin.people import actions as people
from xinglin.people.models import Volunteer
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Run every deed in a thread of its own, let loose together; answers or refusals in the deeds' order."""
    gate = threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=60)
            answers[place] = deed()
        except Refusal as refusal:
            answers[place] = refusal
        except Exception as broken:
            answers[place] = broken
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    broken = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refusal)]
    assert broken == []
    return answers


def test_forty_sign_ups_for_ten_places(blue):
    shift = make_shift(places=10, unit=blue)
    post = shift.posts.get()
    people = [make_volunteer(unit=blue) for _ in range(40)]

    answers = all_at_once(
        [lambda one=one: actions.take_shift(volunteer=one, post=post, at=at("08:00", days=-1)) for one in people]
    )

    assert sum(isinstance(answer, Signup) for answer in answers) == 10
    assert sum(isinstance(answer, errors.ShiftFull) for answer in answers) == 30
    assert post.signups.filter(state="taken").count() == 10
    assert Commitment.objects.count() == 10


def test_one_person_and_two_overlapping_shifts_at_once(lin):
    for day in range(1, 6):  # five times over, since a race may be lost by luck
        morning = make_shift(places=5, name="导医", starts_at=at("09:00", days=day)).posts.get()
        later = make_shift(places=5, name="义诊", starts_at=at("11:00", days=day)).posts.get()

        answers = all_at_once(
            [
                lambda post=post: actions.take_shift(volunteer=lin, post=post, at=at("08:00"))
                for post in (morning, later, morning, later)
            ]
        )

        assert len({answer.pk for answer in answers if isinstance(answer, Signup)}) == 1
        assert sum(isinstance(answer, errors.ShiftOverlaps) for answer in answers) == 2
        assert Commitment.objects.filter(person=lin.person).count() == day


def test_one_person_and_two_posts_of_one_shift_at_once(lin):
    from xinglin.activities.tests.factories import make_post

    shift = make_shift(places=5)
    posts = [shift.posts.get(), make_post(shift, name="轮椅陪护", places=5)]

    answers = all_at_once(
        [lambda post=post: actions.take_shift(volunteer=lin, post=post, at=at("08:00", days=-1)) for post in posts * 3]
    )

    assert Signup.objects.count() == 1
    assert {type(answer) for answer in answers} <= {Signup, errors.AlreadyTaken, errors.ShiftOverlaps}


def test_eight_check_outs_of_one_attendance_make_one_record(lin):
    signup = make_signup(make_shift(), lin)
    user, code = lin.person.user, Evidence("code")
    actions.come(signup=signup, evidence=code, by=user, at=at("09:00"))

    answers = all_at_once([lambda: actions.leave(signup=signup, evidence=code, by=user, at=at("11:30"))] * 8)

    assert len({answer.pk for answer in answers}) == 1
    assert Record.objects.get().minutes == 150


def test_eight_check_ins_make_one_attendance(lin):
    signup = make_signup(make_shift(), lin)
    user, code = lin.person.user, Evidence("code")

    answers = all_at_once([lambda: actions.come(signup=signup, evidence=code, by=user, at=at("09:00"))] * 8)

    assert len({answer.pk for answer in answers}) == 1
    assert Attendance.objects.count() == 1


def test_leaving_by_hand_and_by_the_clock_at_once_makes_one_record(lin):
    signup = make_signup(make_shift(), lin)
    user, code = lin.person.user, Evidence("code")
    actions.come(signup=signup, evidence=code, by=user, at=at("09:00"))

    all_at_once(
        [
            lambda: actions.leave(signup=signup, evidence=code, by=user, at=at("12:30")),
            lambda: actions.close_forgotten(at=at("12:31")),
        ]
        * 4
    )

    assert Record.objects.exclude(state="voided").count() == 1
    assert Record.objects.get().minutes == 180


def test_nobody_slips_in_while_a_shift_is_called_off(blue, wang):
    shift = make_shift(places=20, unit=blue)
    post = shift.posts.get()
    people = [make_volunteer(unit=blue) for _ in range(10)]
    taking = [lambda one=one: actions.take_shift(volunteer=one, post=post, at=at("08:00", days=-1)) for one in people]

    all_at_once([*taking, lambda: planning.call_off(shift=shift, reason="台风", by=wang, at=at("08:00", days=-1))])

    assert not Signup.objects.filter(state="taken").exists()
    assert not Commitment.objects.filter(released_at__isnull=True).exists()


def test_giving_back_and_taking_the_last_place_at_once_never_makes_two(lin, blue):
    shift = make_shift(places=1, unit=blue)
    post = shift.posts.get()
    held = actions.take_shift(volunteer=lin, post=post, at=at("08:00", days=-1))
    people = [make_volunteer(unit=blue) for _ in range(6)]
    taking = [lambda one=one: actions.take_shift(volunteer=one, post=post, at=at("08:01", days=-1)) for one in people]

    all_at_once([*taking, lambda: actions.cancel_signup(signup=held, at=at("08:01", days=-1))])

    assert post.signups.filter(state="taken").count() <= 1


def test_whoever_leaves_or_is_suspended_while_signing_up_has_no_place_afterwards(blue, wang):
    shifts = [make_shift(places=9, unit=blue, starts_at=at("09:00", days=day)) for day in range(1, 9)]
    other = make_shift(places=9, unit=blue, starts_at=at("09:00", days=20))
    for number, shift in enumerate(shifts):  # several times over, since a race may be lost by luck
        leaves, paused = (make_volunteer(unit=blue, number=f"V0009{number}{place}") for place in (1, 2))
        make_signup(other, leaves)
        post = shift.posts.get()

        all_at_once(
            [
                lambda one=leaves, post=post: actions.take_shift(volunteer=one, post=post, at=at("08:00")),
                lambda one=leaves: leaving.leave(volunteer=one, reason="", at=at("08:00")),
                lambda one=paused, post=post: actions.take_shift(volunteer=one, post=post, at=at("08:00")),
                lambda one=paused: people.suspend(volunteer=one, by=wang, reason="停一停", at=at("08:00")),
            ]
        )

        assert Volunteer.objects.get(pk=leaves.pk).state == Volunteer.State.LEFT
        assert not Signup.objects.filter(volunteer=leaves, state="taken").exists()


def test_a_sign_up_that_waits_for_a_suspension_is_refused(blue, wang):
    post, held = make_shift(places=9, unit=blue, starts_at=at("09:00", days=3)).posts.get(), threading.Event()
    lin = make_volunteer(unit=blue)
    stale = Volunteer.objects.select_related("person__user").get(pk=lin.pk)  # as a page has read them before

    def suspend() -> None:
        with transaction.atomic():
            people.suspend(volunteer=lin, by=wang, reason="停一停", at=at("08:00"))
            held.set()
            time.sleep(0.5)

    def take() -> Any:
        held.wait(30)
        return actions.take_shift(volunteer=stale, post=post, at=at("08:00"))

    _none, answer = all_at_once([suspend, take])

    assert isinstance(answer, errors.VolunteerSuspended)
    assert not Signup.objects.exists()


def test_whoever_comes_while_being_suspended_is_there_or_has_no_place_and_never_both(blue, wang):
    for number in range(8):  # several times over, since a race may be lost by luck
        one = make_volunteer(unit=blue, number=f"V0008{number}")
        signup = make_signup(make_shift(unit=blue, starts_at=at("09:00", days=number)), one)
        user, when = one.person.user, at("08:50", days=number)

        came, paused = all_at_once(
            [
                partial(actions.come, signup=signup, evidence=Evidence("code"), by=user, at=when),
                partial(people.suspend, volunteer=one, by=wang, reason="停一停", at=when),
            ]
        )

        signup.refresh_from_db()
        is_there = Attendance.objects.filter(signup=signup).exists()
        assert (signup.state == "taken") == is_there == isinstance(came, Attendance)
        assert paused.given_back == (0 if is_there else 1)


def test_two_who_plan_for_one_activity_at_once_both_have_their_kinds_asked_for(blue, wang):
    plan = partial(
        Plan,
        unit=blue,
        name="儿童病房陪伴",
        category="0004",
        not_own_duty=True,
        place_name="儿科",
        township="",
        briefing="陪",
        risks="无",
        guarantees="",
        posts=[PlannedPost("陪伴", 4)],
    )
    shift = planning.plan_shift(plan=plan(starts_at=at("09:00"), ends_at=at("10:00")), actor=wang, at=at("08:00"))
    plans = [
        plan(starts_at=at("09:00", days=day), ends_at=at("10:00", days=day), kinds_of_service=[kind])
        for day, kind in ((1, "wards"), (2, "child_care"), (3, "dangerous"))
    ]

    all_at_once([partial(planning.plan_shift, plan=one, actor=wang, at=at("08:00")) for one in plans])

    shift.activity.refresh_from_db()
    assert shift.activity.kinds_of_service == ["wards", "child_care", "dangerous"]


def test_two_of_a_family_who_press_at_once_for_two_shifts_wait_in_no_circle(blue):
    for day in range(1, 6):
        shifts = [make_shift(places=9, unit=blue, starts_at=at(hour, days=day)) for hour in ("09:00", "15:00")]
        two = [make_volunteer(unit=blue), make_volunteer(unit=blue)]

        answers = all_at_once(
            [
                partial(
                    families.take_together, volunteers=two, post=shift.posts.get(), by=by.person.user, at=at("08:00")
                )
                for shift, by in zip(shifts, two, strict=True)
            ]
        )

        assert [len(answer.taken) for answer in answers] == [2, 2]
