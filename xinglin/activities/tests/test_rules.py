"""Who may take a place, what counts as served, which code is fresh. No database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import at
from xinglin.activities import errors, rules
from xinglin.activities.consent_errors import ConsentWithdrawn
from xinglin.activities.rules import Place, Slot, served_minutes
from xinglin.organisation import policies

KEY = b"a key for tests"
morning = Slot(at("09:00"), at("12:00"))
place = Place(
    closes_at=at("09:00"), shift_state="open", requires="", places_left=1, minimum_age=16, gate_names=policies.GATES
)


@dataclass(frozen=True)
class Somebody:
    state: str = "active"
    age: int | None = 34
    agreement_signed: bool = True
    abilities: frozenset[str] = frozenset()
    lapsed: Mapping[str, tuple[str, dt.date]] = field(default_factory=dict)
    has_withdrawn: bool = False


def test_the_whole_shift_is_served_by_whoever_stays():
    assert served_minutes(morning, came_at=at("09:00"), left_at=at("12:00")) == 180


def test_leaving_late_earns_nothing_more():
    minutes = served_minutes(morning, came_at=at("09:00"), left_at=at("13:00"))

    assert minutes == 180


def test_coming_early_earns_nothing_more():
    minutes = served_minutes(morning, came_at=at("08:30"), left_at=at("12:00"))

    assert minutes == 180


def test_a_minute_that_was_not_full_does_not_count():
    came_at = at("09:00") + dt.timedelta(seconds=1)

    assert served_minutes(morning, came_at=came_at, left_at=at("12:00")) == 179


def test_who_left_before_the_shift_began_served_nothing():
    assert served_minutes(morning, came_at=at("08:30"), left_at=at("08:50")) == 0


moments = st.datetimes(
    min_value=dt.datetime(2026, 11, 23), max_value=dt.datetime(2026, 11, 26), timezones=st.just(dt.UTC)
)


@given(moments, moments)
def test_served_minutes_lie_within_the_shift_and_within_the_stay(one, other):
    came_at, left_at = sorted((one, other))

    minutes = served_minutes(morning, came_at=came_at, left_at=left_at)

    assert 0 <= minutes <= 180
    assert dt.timedelta(minutes=minutes) <= left_at - came_at


@given(moments, moments, moments)
def test_staying_longer_never_earns_less(one, two, three):
    came_at, left_at, later = sorted((one, two, three))

    short = served_minutes(morning, came_at=came_at, left_at=left_at)
    long = served_minutes(morning, came_at=came_at, left_at=later)

    assert short <= long


@given(st.sampled_from(rules.CERTAINTY), st.sampled_from(rules.CERTAINTY))
def test_a_record_is_as_sure_as_its_weaker_mark(one, other):
    weaker = rules.weaker(one, other)

    assert weaker == rules.weaker(other, one)
    assert rules.CERTAINTY.index(weaker) == max(rules.CERTAINTY.index(one), rules.CERTAINTY.index(other))


def test_an_active_volunteer_may_take_an_open_place():
    rules.refuse_to_take(place, standing=Somebody(), at=at("08:00"))


REASONS = [
    (replace(place, shift_state="cancelled"), errors.ShiftCalledOff),
    (replace(place, closes_at=at("07:00")), errors.SignUpClosed),
    (Somebody(state="left"), errors.HasLeft),
    (Somebody(state="suspended"), errors.VolunteerSuspended),
    (Somebody(has_withdrawn=True), ConsentWithdrawn),
    (Somebody(agreement_signed=False), errors.AgreementNotSigned),
    (Somebody(age=15), errors.TooYoung),
    (Somebody(age=None), errors.AgeUnknown),
    (replace(place, requires="执业医师"), errors.LacksAbility),
    (replace(place, places_left=0), errors.ShiftFull),
]


@pytest.mark.parametrize(("fact", "refusal"), REASONS, ids=lambda value: getattr(value, "code", ""))
def test_each_reason_refuses_by_itself(fact, refusal):
    asked, standing = (fact, Somebody()) if isinstance(fact, Place) else (place, fact)

    with pytest.raises(refusal):
        rules.refuse_to_take(asked, standing=standing, at=at("08:00"))


def test_a_called_off_shift_is_said_before_anything_about_the_person():
    hopeless = replace(place, shift_state="cancelled", places_left=0, requires="执业医师")

    with pytest.raises(errors.ShiftCalledOff):
        rules.refuse_to_take(hopeless, standing=None, at=at("08:00"))


def test_a_stranger_is_asked_to_apply_before_hearing_that_it_is_full():
    with pytest.raises(errors.NotAVolunteer):
        rules.refuse_to_take(replace(place, places_left=0), standing=None, at=at("08:00"))


def test_an_unknown_age_passes_nowhere_not_even_where_everybody_may_come():
    with pytest.raises(errors.AgeUnknown):
        rules.refuse_to_take(replace(place, minimum_age=0), standing=Somebody(age=None), at=at("08:00"))


def test_the_age_asked_is_enough():
    rules.refuse_to_take(place, standing=Somebody(age=16), at=at("08:00"))


def test_sign_up_closes_at_the_very_moment():
    with pytest.raises(errors.SignUpClosed):
        rules.refuse_to_take(place, standing=Somebody(), at=at("09:00"))


def late(now, *, taken_at=None):
    taken_at = taken_at or at("09:00", days=-5)
    return rules.is_late_cancel(morning, taken_at=taken_at, at=now, cancel_hours=12, undo_minutes=5)


def test_until_half_a_day_before_a_cancel_is_not_late():
    assert not late(at("21:00", days=-1))
    assert late(at("21:01", days=-1))


def test_a_slip_of_the_hand_is_not_a_late_cancel():
    assert not late(at("08:05"), taken_at=at("08:00"))
    assert late(at("08:06"), taken_at=at("08:00"))


def test_a_late_cancel_says_why():
    def cancel(reason):
        rules.refuse_to_cancel(
            morning, has_come=False, is_late=True, reason=reason, at=at("21:01", days=-1), cancel_hours=12
        )

    with pytest.raises(errors.LateCancelNeedsReason):
        cancel("  ")
    cancel("发烧")


def test_nobody_cancels_what_has_begun():
    with pytest.raises(errors.CannotCancel):
        rules.refuse_to_cancel(morning, has_come=False, is_late=True, reason="发烧", at=at("09:01"), cancel_hours=12)


def test_a_slip_of_the_hand_is_mended_even_after_the_start():
    rules.refuse_to_cancel(morning, has_come=False, is_late=False, reason="", at=at("09:01"), cancel_hours=12)
    with pytest.raises(errors.CannotCancel):
        rules.refuse_to_cancel(morning, has_come=True, is_late=False, reason="", at=at("09:01"), cancel_hours=12)


def test_check_in_opens_half_an_hour_before():
    rules.refuse_to_come(morning, at=at("08:30"), early_minutes=30)
    with pytest.raises(errors.ComeTooEarly) as refused:
        rules.refuse_to_come(morning, at=at("08:29"), early_minutes=30)
    assert "8:30" in str(refused.value)


def test_check_in_ends_with_the_shift():
    with pytest.raises(errors.ShiftIsOver):
        rules.refuse_to_come(morning, at=at("12:00"), early_minutes=30)


def test_one_may_still_leave_half_an_hour_after():
    rules.refuse_to_leave(morning, at=at("12:30"), late_minutes=30)
    with pytest.raises(errors.LeaveTooLate):
        rules.refuse_to_leave(morning, at=at("12:31"), late_minutes=30)


def test_a_leader_enters_a_time_that_has_passed_and_lies_near_the_shift():
    def mark(marked_for, now):
        rules.refuse_to_mark(morning, marked_for=marked_for, at=now, early_minutes=30, late_minutes=30, mark_hours=24)

    mark(at("09:00"), at("09:40"))
    for marked_for, now in [(at("09:41"), at("09:40")), (at("08:00"), at("09:40")), (at("13:00"), at("14:00"))]:
        with pytest.raises(errors.BadMarkTime):
            mark(marked_for, now)
    with pytest.raises(errors.MarkingOver):
        mark(at("09:00"), at("12:01", days=1))


def test_five_minutes_to_undo_and_not_one_more():
    rules.refuse_to_undo(marked_at=at("09:00"), at=at("09:05"), undo_minutes=5)
    with pytest.raises(errors.UndoOver):
        rules.refuse_to_undo(marked_at=at("09:00"), at=at("09:06"), undo_minutes=5)


def test_a_code_is_good_for_a_minute_at_least_and_a_minute_and_a_half_at_most():
    shown = rules.token(KEY, "8F3KQ2TM", at=at("09:00"))
    spoken = rules.spoken_code(KEY, "8F3KQ2TM", at=at("09:00"))

    last_moment = at("09:01") + dt.timedelta(seconds=29)
    too_late = at("09:01") + dt.timedelta(seconds=30)
    assert rules.is_fresh_token(KEY, "8F3KQ2TM", shown, at=last_moment)
    assert rules.is_fresh_spoken_code(KEY, "8F3KQ2TM", spoken, at=last_moment)
    assert not rules.is_fresh_token(KEY, "8F3KQ2TM", shown, at=too_late)
    assert not rules.is_fresh_spoken_code(KEY, "8F3KQ2TM", spoken, at=too_late)


def test_a_code_of_tomorrow_is_not_good_today():
    early = rules.token(KEY, "8F3KQ2TM", at=at("09:01"))

    assert not rules.is_fresh_token(KEY, "8F3KQ2TM", early, at=at("09:00"))


def test_a_code_opens_no_other_shift_and_no_other_house():
    shown = rules.token(KEY, "8F3KQ2TM", at=at("09:00"))

    assert not rules.is_fresh_token(KEY, "ZZZZZZZZ", shown, at=at("09:00"))
    assert not rules.is_fresh_token(b"another key", "8F3KQ2TM", shown, at=at("09:00"))


@given(moments, st.text(max_size=20))
def test_what_was_not_shown_is_never_fresh(moment, guess):
    shown = {rules.token(KEY, "8F3KQ2TM", at=moment - dt.timedelta(seconds=30 * back)) for back in range(3)}

    assert rules.is_fresh_token(KEY, "8F3KQ2TM", guess, at=moment) == (guess in shown)


@given(moments)
def test_the_spoken_code_is_always_six_digits(moment):
    spoken = rules.spoken_code(KEY, "8F3KQ2TM", at=moment)

    assert len(spoken) == 6
    assert spoken.isdigit()


def test_after_five_wrong_codes_one_rests_ten_minutes():
    def rests(wrong_codes, now):
        return rules.must_rest_from_guessing(wrong_codes=wrong_codes, wrong_code_at=at("09:00"), at=now)

    assert not rests(4, at("09:01"))
    assert rests(5, at("09:09"))
    assert not rests(5, at("09:10"))


@pytest.mark.parametrize(
    ("starts", "ends", "typed", "moment"),
    [
        (at("09:00"), at("12:00"), "09:05", at("09:05")),
        (at("21:00"), at("23:45"), "00:05", at("00:05", days=1)),  # left after midnight
        (at("22:00"), at("06:00", days=1), "02:00", at("02:00", days=1)),
        (at("22:00"), at("06:00", days=1), "21:50", at("21:50")),
        (at("00:10"), at("06:00"), "23:50", at("23:50", days=-1)),  # came before midnight
    ],
)
def test_a_time_of_day_is_the_one_nearest_to_the_shift(starts, ends, typed, moment):
    assert rules.moment_near(Slot(starts, ends), dt.time.fromisoformat(typed)) == moment
