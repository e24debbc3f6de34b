"""Taking, coming, leaving, vouching and planning, on PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest

from conftest import at
from xinglin.activities import actions, errors, evidence, planning, queries, vouching
from xinglin.activities.evidence import AWAITING_NOD, BY_LEADER, Evidence
from xinglin.activities.models import Attendance, Shift, Signup
from xinglin.activities.planning import Plan, PlannedPost
from xinglin.activities.tests.factories import make_post, make_shift, make_signup
from xinglin.audit.models import Entry
from xinglin.diary.models import Commitment
from xinglin.hours import actions as hours
from xinglin.hours.errors import TwoPeopleNeeded
from xinglin.hours.models import Record
from xinglin.lib.geo import Point, distance_m
from xinglin.organisation.models import Policy
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.projects.errors import OwnDuty

pytestmark = pytest.mark.django_db

BY_CODE = Evidence("code")


def take(volunteer, shift, *, when="08:00", days=-1):
    return actions.take_shift(volunteer=volunteer, post=shift.posts.order_by("pk")[0], at=at(when, days=days))


def come(signup, *, how=BY_CODE, when="08:55", by=None, **more):
    return actions.come(signup=signup, evidence=how, by=by or signup.volunteer.person.user, at=at(when), **more)


def leave(signup, *, how=BY_CODE, when="12:00", by=None, **more):
    return actions.leave(signup=signup, evidence=how, by=by or signup.volunteer.person.user, at=at(when), **more)


# Taking and giving back ----------------------------------------------------------------------------------------


def test_a_volunteer_takes_a_place_and_the_diary_knows(lin):
    shift = make_shift(places=1)

    signup = take(lin, shift)

    assert signup.state == Signup.State.TAKEN
    assert queries.posts_of(shift)[0].places_left == 0
    booked = Commitment.objects.get(source=f"signup:{signup.code}")
    assert (booked.span.lower, booked.span.upper) == (shift.starts_at, shift.ends_at)
    assert Entry.objects.filter(verb="took_shift", thing=f"shift:{shift.code}").exists()


def test_taking_twice_is_taking_once(lin):
    shift = make_shift(places=5)

    first, second = take(lin, shift), take(lin, shift)

    assert first == second
    assert shift.signups.count() == 1


def test_the_last_place_goes_once(lin, blue):
    shift = make_shift(places=1)
    take(make_volunteer(unit=blue, name="沈佳"), shift)

    with pytest.raises(errors.ShiftFull):
        take(lin, shift)


def test_nobody_is_in_two_places(lin):
    take(lin, make_shift(places=1))
    other = make_shift(places=1, name="村居义诊", starts_at=at("11:00"))

    with pytest.raises(errors.ShiftOverlaps) as refused:
        take(lin, other)

    assert "9:00–12:00" in str(refused.value)
    assert other.signups.count() == 0


def test_one_shift_may_begin_when_another_ends(lin):
    take(lin, make_shift())

    assert take(lin, make_shift(name="村居义诊", starts_at=at("12:00")))


def test_another_post_of_the_same_shift_is_refused_with_the_post_that_is_held(lin):
    shift = make_shift(post="导医")
    second = make_post(shift, name="轮椅陪护")
    take(lin, shift)

    with pytest.raises(errors.AlreadyTaken) as refused:
        actions.take_shift(volunteer=lin, post=second, at=at("08:00", days=-1))

    assert "导医" in str(refused.value)


def test_a_post_that_needs_a_licence_asks_for_it(lin, blue):
    shift = make_shift(places=2, requires="执业医师")

    with pytest.raises(errors.LacksAbility):
        take(lin, shift)
    assert take(make_volunteer(unit=blue, qualifications=["执业医师"]), shift)


def test_who_has_not_signed_or_is_suspended_or_is_nobody_yet(lin, blue):
    shift = make_shift(places=9)

    with pytest.raises(errors.AgreementNotSigned):
        take(make_volunteer(unit=blue, agreement=False), shift)
    with pytest.raises(errors.VolunteerSuspended):
        take(make_volunteer(unit=blue, state="suspended"), shift)
    with pytest.raises(errors.NotAVolunteer):
        take(None, shift)
    with pytest.raises(errors.TooYoung):
        take(make_volunteer(unit=blue, born_on=dt.date(2011, 1, 1)), shift)


def test_sign_up_closes_at_the_start_unless_the_unit_says_later(lin):
    shift = make_shift(places=2)
    with pytest.raises(errors.SignUpClosed):
        take(lin, shift, when="09:00", days=0)
    Shift.objects.update(closes_at=at("12:00"))

    assert shift in queries.open_shifts(at=at("10:00"))
    assert take(lin, shift, when="10:00", days=0)
    assert not queries.open_shifts(at=at("12:00"))


def test_a_place_given_back_is_free_again_and_so_is_the_time(lin):
    shift = make_shift(places=1)
    signup = take(lin, shift)

    cancelled = actions.cancel_signup(signup=signup, at=at("09:00", days=-1))

    assert cancelled.state == Signup.State.CANCELLED
    assert not cancelled.cancelled_late
    assert take(lin, shift, when="10:00").pk != signup.pk


def test_a_late_cancel_needs_a_reason_and_is_kept_apart(lin):
    signup = take(lin, make_shift())

    with pytest.raises(errors.LateCancelNeedsReason):
        actions.cancel_signup(signup=signup, at=at("22:00", days=-1))
    cancelled = actions.cancel_signup(signup=signup, reason="孩子发烧", at=at("22:00", days=-1))

    assert cancelled.cancelled_late
    assert cancelled.cancel_reason == "孩子发烧"
    assert "孩子" not in str(Entry.objects.filter(verb="cancelled_signup").values())


def test_cancelling_twice_is_cancelling_once(lin):
    signup = take(lin, make_shift())

    actions.cancel_signup(signup=signup, at=at("09:00", days=-1))
    actions.cancel_signup(signup=signup, at=at("09:01", days=-1))

    assert Entry.objects.filter(verb="cancelled_signup").count() == 1


def test_whoever_has_come_no_longer_cancels(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="08:40")

    with pytest.raises(errors.CannotCancel):
        actions.cancel_signup(signup=signup, reason="有事", at=at("08:45"))


# Coming and leaving --------------------------------------------------------------------------------------------


def test_a_morning_becomes_one_record_of_its_minutes(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="08:50")

    record = leave(signup, when="12:10")

    assert record.minutes == 180
    assert record.provenance == "code"
    assert record.state == Record.State.PUBLICISED
    assert (record.starts_at, record.ends_at) == (at("09:00"), at("12:00"))
    assert signup.source == record.source
    attendance = Attendance.objects.get(signup=signup)
    assert (attendance.came_at, attendance.left_at) == (at("08:50"), at("12:10"))  # raw times are kept


def test_coming_and_leaving_twice_is_once(lin):
    signup = make_signup(make_shift(), lin)

    assert come(signup, when="09:10") == come(signup, when="09:20")
    assert leave(signup, when="11:00") == leave(signup, when="11:30")

    assert Record.objects.get().minutes == 110


def test_nobody_leaves_before_coming(lin):
    with pytest.raises(errors.NotYetCome):
        leave(make_signup(make_shift(), lin))


def test_a_stay_outside_the_shift_makes_no_record(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="08:40")

    assert leave(signup, when="08:50") is None
    assert not Record.objects.exists()


def test_who_gave_the_place_back_cannot_come(lin):
    signup = take(lin, make_shift())
    actions.cancel_signup(signup=signup, at=at("09:00", days=-1))

    with pytest.raises(errors.NotSignedUp):
        come(signup)


def test_a_record_is_as_sure_as_the_weaker_mark(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=Evidence("location", 40))

    record = leave(signup, how=BY_CODE)

    assert record.provenance == "location"
    assert Attendance.objects.get().came_distance_m == 40


def test_undoing_the_leaving_voids_the_record_and_one_may_leave_again(lin):
    signup = make_signup(make_shift(), lin)
    come(signup)
    first = leave(signup, when="11:00")

    assert actions.undo(signup=signup, by=lin.person.user, at=at("11:04")) == "left"
    second = leave(signup, when="12:00")

    first.refresh_from_db()
    assert first.state == Record.State.VOIDED
    assert second.minutes == 180
    assert Record.objects.count() == 2


def test_undoing_the_coming_leaves_the_time_in_the_trail(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="09:00")

    assert actions.undo(signup=signup, by=lin.person.user, at=at("09:05")) == "came"

    assert not Attendance.objects.exists()
    assert Entry.objects.get(verb="undid_came").facts["came_at"] == at("09:00").astimezone(dt.UTC).isoformat()
    with pytest.raises(errors.NothingToUndo):
        actions.undo(signup=signup, by=lin.person.user, at=at("09:05"))


def test_after_the_window_only_others_can_mend_it(lin):
    signup = make_signup(make_shift(), lin)
    come(signup, when="09:00")

    with pytest.raises(errors.UndoOver):
        actions.undo(signup=signup, by=lin.person.user, at=at("09:06"))


# Codes and places ----------------------------------------------------------------------------------------------


def test_the_rotating_code_proves_presence_for_a_while():
    shift = make_shift()
    token = evidence.token_of(shift, at=at("09:00"))

    assert evidence.evidence_of_token(shift=shift, token=token, at=at("09:01")).how == "code"
    with pytest.raises(errors.CodeExpired):
        evidence.evidence_of_token(shift=shift, token=token, at=at("09:02"))
    with pytest.raises(errors.CodeExpired):
        evidence.evidence_of_token(shift=make_shift(name="另一个"), token=token, at=at("09:00"))


def test_six_digits_read_aloud_do_as_well(lin):
    shift = make_shift()
    signup = make_signup(shift, lin)
    digits = evidence.spoken_code_of(shift, at=at("09:00"))

    heard = f"{digits[:3]} {digits[3:]}"
    assert evidence.evidence_of_spoken_code(signup=signup, digits=heard, at=at("09:00")).how == "code"


def test_guessing_digits_ends_after_five_tries_even_with_the_right_one(lin):
    shift = make_shift()
    signup = make_signup(shift, lin)
    right = evidence.spoken_code_of(shift, at=at("09:00"))
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(errors.CodeExpired):
            evidence.evidence_of_spoken_code(signup=signup, digits=wrong, at=at("09:00"))

    with pytest.raises(errors.TooManyWrongCodes):
        evidence.evidence_of_spoken_code(signup=signup, digits=right, at=at("09:00"))
    later = evidence.spoken_code_of(shift, at=at("09:10"))
    assert evidence.evidence_of_spoken_code(signup=signup, digits=later, at=at("09:10")).how == "code"


def test_a_location_counts_only_with_consent_and_only_near_by(lin):
    from xinglin.people import consenting

    signup = make_signup(make_shift(latitude=27.7783, longitude=120.6551, radius_m=200), lin)
    with pytest.raises(errors.ConsentNeeded):
        evidence.evidence_of_location(signup=signup, latitude="27.7783", longitude="120.6555")
    consenting.give(person=lin.person, kind="location", at=at("08:50"))

    near = evidence.evidence_of_location(signup=signup, latitude="27.7783", longitude="120.6555")

    assert near == Evidence("location", 39)
    with pytest.raises(errors.TooFar):
        evidence.evidence_of_location(signup=signup, latitude="27.79", longitude="120.6555")
    for latitude, longitude in [("", ""), ("nan", "120"), ("北纬", "东经"), ("91", "0")]:
        with pytest.raises(errors.LocationUnreadable):
            evidence.evidence_of_location(signup=signup, latitude=latitude, longitude=longitude)


def test_no_coordinates_of_the_person_are_kept_anywhere(lin):
    from xinglin.people import consenting

    signup = make_signup(make_shift(latitude=27.7783, longitude=120.6551), lin)
    consenting.give(person=lin.person, kind="location", at=at("08:50"))
    seen = evidence.evidence_of_location(signup=signup, latitude="27.777123", longitude="120.655789")

    come(signup, how=seen)

    kept = str(list(Entry.objects.values())) + str(list(Attendance.objects.values()))
    assert "27.777" not in kept
    assert "120.6557" not in kept


def test_a_place_that_nobody_entered_proves_nothing(lin):
    from xinglin.people import consenting

    signup = make_signup(make_shift(), lin)
    consenting.give(person=lin.person, kind="location", at=at("08:50"))

    with pytest.raises(errors.PlaceUnknown):
        evidence.evidence_of_location(signup=signup, latitude="27", longitude="120")


# Leaders -------------------------------------------------------------------------------------------------------


def test_a_nod_makes_a_poster_coming_count(lin, wang):
    signup = make_signup(make_shift(), lin)
    attendance = come(signup, how=AWAITING_NOD)
    assert attendance.waits_for_nod

    vouching.nod(attendance=attendance, by=wang, at=at("09:10"))
    record = leave(signup)

    assert record.provenance == "nod"
    assert record.state == Record.State.PUBLICISED
    assert record.confirmed_by == wang


def test_a_nod_after_leaving_lets_the_record_go_on(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=AWAITING_NOD)
    record = leave(signup, how=AWAITING_NOD)
    assert record.state == Record.State.RECORDED

    for _ in range(2):  # twice is once
        vouching.nod(attendance=Attendance.objects.get(), by=wang, at=at("12:10"))

    record.refresh_from_db()
    assert record.state == Record.State.PUBLICISED
    assert record.confirmed_by == wang


def test_whom_the_leader_has_not_seen_has_not_come(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=AWAITING_NOD)
    record = leave(signup, how=AWAITING_NOD)

    vouching.deny(attendance=Attendance.objects.get(), by=wang, at=at("12:10"))

    record.refresh_from_db()
    assert record.state == Record.State.VOIDED
    assert not Attendance.objects.exists()


def test_nobody_vouches_for_themself(lin):
    shift = make_shift(leader=lin.person.user)
    signup = make_signup(shift, lin)
    with pytest.raises(errors.NotOneself):
        come(signup, how=BY_LEADER)
    attendance = come(signup, how=AWAITING_NOD)

    with pytest.raises(errors.NotOneself):
        vouching.nod(attendance=attendance, by=lin.person.user, at=at("09:10"))
    with pytest.raises(errors.NotOneself):
        vouching.deny(attendance=attendance, by=lin.person.user, at=at("09:10"))


def test_a_leader_who_scans_the_own_code_needs_another_ones_nod(lin):
    signup = make_signup(make_shift(leader=lin.person.user), lin)

    attendance = come(signup, how=BY_CODE)

    assert attendance.came_how == "nod"
    assert attendance.waits_for_nod


def test_a_leaders_mark_carries_the_name_and_the_time_that_has_passed(lin, wang):
    signup = make_signup(make_shift(), lin)

    attendance = come(signup, how=BY_LEADER, by=wang, when="09:15", came_at=at("09:05"))
    record = leave(signup, how=BY_LEADER, by=wang, when="12:00", left_at=at("11:50"))

    assert (attendance.came_at, attendance.came_marked_at, attendance.came_marked_by) == (
        at("09:05"),
        at("09:15"),
        wang,
    )
    assert record.minutes == 165
    assert record.provenance == "leader"
    assert record.recorded_by == wang
    assert record.state == Record.State.PUBLICISED


def test_what_a_leader_enters_long_afterwards_takes_a_second_person_and_counts_for_honour_only(lin, wang, zhao):
    signup = make_signup(make_shift(), lin)
    come(signup, how=BY_LEADER, by=wang, when="15:00", came_at=at("09:00"))

    record = leave(signup, how=BY_LEADER, by=wang, when="15:01", left_at=at("12:00"))

    assert (record.provenance, record.state, record.is_credited) == ("team_entry", Record.State.RECORDED, False)
    with pytest.raises(TwoPeopleNeeded):
        hours.confirm(record=record, by=wang, at=at("15:10"))
    assert hours.confirm(record=record, by=zhao, at=at("15:10")).state == Record.State.PUBLICISED


def test_whoever_entered_the_coming_does_not_confirm_it_when_the_volunteer_signed_out(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=BY_LEADER, by=wang, when="11:00", came_at=at("09:00"))

    record = leave(signup, when="12:00")

    assert (record.state, record.recorded_by) == (Record.State.RECORDED, wang)
    with pytest.raises(TwoPeopleNeeded):
        hours.confirm(record=record, by=wang, at=at("12:10"))


def test_a_later_entry_that_the_desk_confirmed_is_not_undone_by_the_leader(lin, wang, zhao):
    signup = make_signup(make_shift(), lin)
    come(signup, how=BY_LEADER, by=wang, when="15:00", came_at=at("09:00"))
    record = leave(signup, how=BY_LEADER, by=wang, when="15:01", left_at=at("12:00"))
    hours.confirm(record=record, by=zhao, at=at("15:02"))

    with pytest.raises(errors.DecidedAlready):
        actions.undo(signup=signup, by=wang, at=at("15:03"))


def test_a_leader_who_saw_somebody_leave_has_seen_them_there(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=AWAITING_NOD)

    record = leave(signup, how=BY_LEADER, by=wang)

    assert not Attendance.objects.get().waits_for_nod
    assert record.state == Record.State.PUBLICISED
    assert record.confirmed_by is None  # one person is not two


def test_a_volunteer_does_not_undo_what_a_leader_marked_on_the_leaders_own_name(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, how=BY_LEADER, by=wang, when="09:00")

    with pytest.raises(errors.NotOneself):
        actions.undo(signup=signup, by=lin.person.user, at=at("09:01"))
    assert actions.undo(signup=signup, by=wang, at=at("09:01")) == "came"


# Forgotten -----------------------------------------------------------------------------------------------------


def test_who_forgot_is_signed_out_at_the_shifts_end_and_waits_for_a_leader(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, when="09:00")

    assert actions.close_forgotten(at=at("12:30")) == 0
    assert actions.close_forgotten(at=at("12:31")) == 1
    assert actions.close_forgotten(at=at("12:36")) == 0

    record = Record.objects.get()
    assert (record.minutes, record.provenance, record.state) == (180, "forced", Record.State.RECORDED)
    assert queries.waiting_for_nod(wang, at=at("12:40")).count() == 1
    vouching.nod(attendance=Attendance.objects.get(), by=wang, at=at("12:40"))
    record.refresh_from_db()
    assert record.state == Record.State.PUBLICISED


def test_a_leader_who_knows_when_somebody_left_replaces_the_guess(lin, wang):
    signup = make_signup(make_shift(), lin)
    come(signup, when="09:00")
    actions.close_forgotten(at=at("12:31"))

    record = leave(signup, how=BY_LEADER, by=wang, when="13:00", left_at=at("10:30"))

    assert (record.minutes, record.provenance) == (90, "leader")  # it mends the clock's guess, and takes minutes away
    assert Record.objects.exclude(state=Record.State.VOIDED).get() == record
    assert not Attendance.objects.get().waits_for_nod


def test_the_unit_says_how_late_one_may_leave(lin, blue):
    Policy.objects.create(unit=blue, name="late_minutes", value=60, starts_at=at("00:00", days=-1))
    signup = make_signup(make_shift(unit=blue), lin)
    come(signup)

    assert actions.close_forgotten(at=at("12:45")) == 0
    assert leave(signup, when="12:59").minutes == 180


def test_shifts_that_are_long_over_are_closed():
    shift = make_shift()

    assert actions.end_shifts(at=at("11:00", days=1)) == 0
    assert actions.end_shifts(at=at("12:01", days=1)) == 1

    shift.refresh_from_db()
    assert shift.state == Shift.State.CLOSED


# Planning ------------------------------------------------------------------------------------------------------


def plan(unit, **facts):
    said = {
        "name": "门诊导医",
        "category": "0004",
        "not_own_duty": True,
        "place_name": "门诊一楼大厅",
        "township": "安阳街道",
        "briefing": "带路",
        "risks": "久站",
        "guarantees": "",
        "starts_at": at("14:00"),
        "ends_at": at("17:00"),
        "posts": [PlannedPost("导医", 4), PlannedPost("轮椅陪护", 2, "护理照护")],
    }
    return Plan(unit=unit, **(said | facts))


def test_a_shift_is_planned_with_its_posts(blue, wang):
    shift = planning.plan_shift(plan=plan(blue), actor=wang, at=at("08:00"))

    found = queries.shift_by_code(shift.code)
    assert (found.places, found.taken, found.places_left) == (6, 0, 6)
    assert found.activity.project.not_own_duty


def test_the_same_activity_takes_another_shift_but_not_the_same_twice(blue, wang):
    first = planning.plan_shift(plan=plan(blue), actor=wang, at=at("08:00"))
    later = plan(blue, starts_at=at("08:00", days=1), ends_at=at("11:00", days=1))

    assert planning.plan_shift(plan=later, actor=wang, at=at("08:00")).activity == first.activity
    with pytest.raises(errors.SameShiftStands):
        planning.plan_shift(plan=plan(blue), actor=wang, at=at("08:01"))


def test_own_duty_is_no_volunteering(blue, wang):
    with pytest.raises(OwnDuty):
        planning.plan_shift(plan=plan(blue, not_own_duty=False), actor=wang, at=at("08:00"))


def test_places_never_fall_below_those_taken(lin, wang):
    shift = make_shift(places=3)
    post = shift.posts.get()
    take(lin, shift)

    with pytest.raises(errors.PlacesBelowTaken):
        planning.set_places(post=post, places=0, by=wang, at=at("08:00"))
    assert planning.set_places(post=post, places=1, by=wang, at=at("08:00")).places == 1


def test_calling_off_gives_everyone_their_time_back(lin, wang):
    shift = make_shift()
    signup = take(lin, shift)

    for _ in range(2):
        planning.call_off(shift=shift, reason="台风", by=wang, at=at("20:00", days=-1))

    signup.refresh_from_db()
    assert signup.state == Signup.State.CALLED_OFF
    assert Commitment.objects.get().released_at == at("20:00", days=-1)
    assert Entry.objects.filter(verb="called_off").count() == 1
    assert take(lin, make_shift(name="村居义诊"), when="21:00")
    with pytest.raises(errors.ShiftCalledOff):
        take(lin, shift, when="21:00")
    with pytest.raises(errors.ShiftCalledOff):
        come(signup)


def test_calling_off_needs_a_reason(wang):
    with pytest.raises(errors.ReasonNeeded):
        planning.call_off(shift=make_shift(), reason=" ", by=wang, at=at("08:00"))


def test_a_leader_is_named_by_volunteer_number(lin, wang):
    shift = make_shift()

    planning.set_leader(shift=shift, number=f" {lin.number.lower()} ", by=wang, at=at("08:00"))

    shift.refresh_from_db()
    assert shift.leader == lin.person.user
    with pytest.raises(errors.NoSuchVolunteer):
        planning.set_leader(shift=shift, number="V99", by=wang, at=at("08:00"))


def test_a_place_from_a_chinese_map_is_kept_as_wgs84(wang):
    shift = make_shift()
    on_amap = Point(27.775600, 120.660300)

    activity = planning.set_place(
        shift=shift, place_name="门诊一楼", point=on_amap, datum="gcj02", radius_m=150, by=wang, at=at("08:00")
    )

    kept = Point(activity.latitude, activity.longitude)
    assert 300 < distance_m(kept, on_amap) < 800
    assert activity.datum == "gcj02"


# What is read --------------------------------------------------------------------------------------------------


def test_what_i_can_do_leaves_out_what_is_full_and_what_needs_more(lin, blue):
    fit = make_shift(places=2, starts_at=at("09:00", days=1))
    make_shift(places=2, name="义诊", requires="执业医师", starts_at=at("09:00", days=2))
    full = make_shift(places=1, name="急救", starts_at=at("09:00", days=3))
    make_signup(full, make_volunteer(unit=blue))

    assert list(queries.open_shifts(at=at("08:00"), volunteer=lin)) == [fit]
    assert queries.open_shifts(at=at("08:00")).count() == 3


def test_others_instead_are_free_and_fitting_and_of_the_same_kind_first(lin):
    wanted = make_shift(places=1, starts_at=at("09:00", days=1))
    far = make_shift(places=1, starts_at=at("09:00", days=5))
    near = make_shift(places=1, name="义诊", starts_at=at("14:00", days=1))
    clash = make_shift(places=1, name="急救", starts_at=at("09:00", days=2))
    make_signup(make_shift(places=1, name="别处", starts_at=at("10:00", days=2)), lin)

    others = queries.others_instead(wanted, volunteer=lin, at=at("08:00"))

    assert others == [far, near]
    assert clash not in others


def test_the_next_signup_goes_from_coming_to_here_to_left(lin):
    signup = make_signup(make_shift(), lin)

    early = queries.next_signup(lin, at=at("07:00"))
    assert (early.came, early.left, early.can_come) == (False, False, False)
    assert queries.next_signup(lin, at=at("08:30")).can_come
    come(signup, when="08:50")
    assert queries.next_signup(lin, at=at("10:00")).came
    leave(signup, when="12:00")
    assert queries.next_signup(lin, at=at("12:30")).left
    assert queries.next_signup(lin, at=at("13:01")) is None


def test_what_waits_for_a_nod_is_seen_by_those_who_may_and_by_nobody_else(lin, wang, blue, association):
    come(make_signup(make_shift(unit=blue), lin), how=AWAITING_NOD)
    other_unit = association.add_child(name="别的医院", kind="hospital", opened_at=at("00:00", days=-9))
    stranger = make_staff(unit=other_unit)

    assert queries.waiting_for_nod(wang, at=at("09:00")).count() == 1
    assert queries.waiting_for_nod(stranger, at=at("09:00")).count() == 0
    assert queries.waiting_for_nod(lin.person.user, at=at("09:00")).count() == 0


def test_the_job_closes_what_was_forgotten(lin, now_is):
    from xinglin.activities import jobs

    come(make_signup(make_shift(), lin))
    now_is(at("12:40"))

    jobs.close_forgotten(timestamp=0)

    assert Attendance.objects.get().left_how == "forced"
