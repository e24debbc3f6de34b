"""A talk is booked, held and decided; an exam is drawn, answered and counted."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.organisation.models import Policy
from xinglin.people.models import Exam, Interview, Question
from xinglin.people.tests.factories import make_slot
from xinglin.people.vetting import errors, exams, gates, interviews, rules
from xinglin.people.vetting import unit as unit_of_vetting

pytestmark = pytest.mark.django_db
NOW = at("08:00")


def policy(unit, name, value):
    Policy.objects.create(unit=unit, name=name, value=value, starts_at=at("00:00", days=-1))


@pytest.fixture
def bank(blue, wang):
    """Five questions of the team, of which the first choice is right; the common ones are retired."""
    Question.objects.update(retired_at=NOW)
    return [
        exams.add_question(unit=blue, text=f"第{n}题", choices=["对", "错"], right=0, why="要点", by=wang, at=NOW)
        for n in range(5)
    ]


# Talks ------------------------------------------------------------------------------------------------------------


def test_a_volunteer_sees_the_times_of_their_unit_and_those_above(blue, hospital, bureau, lin, wang):
    own = make_slot(blue, by=wang, starts_at=at("10:00"))
    above = make_slot(hospital, by=wang, starts_at=at("11:00"))
    past = make_slot(blue, by=wang, starts_at=at("07:00"))

    seen = interviews.slots_for(lin, at=NOW)

    assert seen == [own, above]
    assert past not in seen


def test_the_last_place_is_given_once(blue, lin, wang):
    slot = make_slot(blue, by=wang, starts_at=at("10:00"), places=1)
    other = member(name="何苗", number="V000002", phone="13800000002", unit=blue)
    interviews.book(volunteer=lin, slot=slot, at=NOW)

    with pytest.raises(errors.SlotFull):
        interviews.book(volunteer=other, slot=slot, at=NOW)

    assert interviews.slots_for(other, at=NOW) == []


def test_booking_twice_is_booking_once_and_another_time_waits_for_a_cancel(blue, lin, wang):
    slot, other = (make_slot(blue, by=wang, starts_at=at(when)) for when in ("10:00", "14:00"))

    first, again = (interviews.book(volunteer=lin, slot=slot, at=NOW) for _ in range(2))
    with pytest.raises(errors.InterviewBooked):
        interviews.book(volunteer=lin, slot=other, at=NOW)
    interviews.cancel(interview=first, at=NOW)

    assert first == again
    assert interviews.book(volunteer=lin, slot=other, at=NOW).state == "booked"


def test_what_is_called_off_or_begun_is_gone(blue, lin, wang):
    slot = make_slot(blue, by=wang, starts_at=at("10:00"))
    booked = interviews.book(volunteer=lin, slot=slot, at=NOW)

    with pytest.raises(errors.InterviewBegun):
        interviews.cancel(interview=booked, at=at("10:00"))
    interviews.close_slot(slot=slot, by=wang, at=NOW)
    with pytest.raises(errors.SlotGone):
        interviews.book(volunteer=lin, slot=slot, at=NOW)

    assert interviews.booked_by(lin) is None


def test_a_good_talk_opens_the_gate_and_waits_at_the_desk_only_once_it_has_begun(blue, lin, wang, zhao):
    booked = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("10:00")), at=NOW)
    before = list(interviews.waiting_for(zhao, at=at("09:59")))
    waiting = list(interviews.waiting_for(zhao, at=at("10:00")))

    interviews.decide(interview=booked, state="passed", notes="会方言", by=zhao, at=at("10:30"))

    assert (before, waiting) == ([], [booked])
    [gate] = gates.standing_gates(lin)
    assert (gate.kind, gate.decided_by, gate.source) == ("interview", zhao, f"interview:{booked.code}")
    with pytest.raises(errors.InterviewDecided):
        interviews.decide(interview=booked, state="missed", notes="", by=zhao, at=at("10:31"))


def test_who_did_not_come_may_choose_again(blue, lin, wang, zhao):
    booked = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("10:00")), at=NOW)

    interviews.decide(interview=booked, state="missed", notes="", by=zhao, at=at("11:00"))
    again = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("15:00")), at=at("11:00"))

    assert again.state == "booked"
    assert gates.standing_gates(lin) == []


def test_a_time_lies_in_the_future_and_ends_after_it_begins(blue, wang):
    facts = {"unit": blue, "place": "402", "places": 1, "by": wang, "at": NOW}

    with pytest.raises(errors.SlotInThePast):
        interviews.open_slot(starts_at=at("07:00"), ends_at=at("09:00"), **facts)
    with pytest.raises(errors.SlotEndsFirst):
        interviews.open_slot(starts_at=at("10:00"), ends_at=at("09:00"), **facts)


@pytest.mark.django_db(transaction=True)
def test_eight_who_want_the_last_two_places_at_once_leave_two_booked(blue, wang):
    slot = make_slot(blue, by=wang, starts_at=at("10:00"), places=2)
    people = [member(name="何苗", number=f"V00001{n}", phone=f"1380000001{n}", unit=blue) for n in range(8)]
    start = threading.Barrier(8)

    def press(volunteer):
        try:
            start.wait()
            interviews.book(volunteer=volunteer, slot=slot, at=NOW)
        except errors.SlotFull:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[volunteer]) for volunteer in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Interview.objects.filter(state="booked").count() == 2


# The exam ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "of", "percent", "is_enough"), [(4, 5, 80, True), (3, 5, 80, False), (2, 3, 67, False)]
)
def test_enough_is_counted_in_whole_numbers(right, of, percent, is_enough):
    assert rules.is_enough(right, of=of, pass_percent=percent) is is_enough


def test_enough_right_answers_open_the_gate_for_as_long_as_the_policy_says(blue, lin, bank):
    policy(blue, "training_months", 12)
    exam = exams.begin(volunteer=lin, at=NOW)

    done = exams.hand_in(exam=exam, answers=[0, 0, 0, 0, 1], at=NOW)

    assert (done.right_count, done.has_passed) == (4, True)
    [gate] = gates.standing_gates(lin)
    assert (gate.kind, gate.decided_by, gate.valid_until) == ("training", None, dt.date(2027, 11, 23))


def test_too_few_open_nothing_and_one_may_try_again(lin, bank):
    exams.hand_in(exam=exams.begin(volunteer=lin, at=NOW), answers=[1] * 5, at=NOW)

    again = exams.begin(volunteer=lin, at=NOW)

    assert gates.standing_gates(lin) == []
    assert again.finished_at is None


def test_whoever_has_begun_goes_on_with_the_same_questions(lin, bank):
    assert exams.begin(volunteer=lin, at=NOW) == exams.begin(volunteer=lin, at=at("09:00"))


def test_a_paper_with_a_gap_is_not_counted(lin, bank):
    exam = exams.begin(volunteer=lin, at=NOW)

    with pytest.raises(errors.AnswersMissing):
        exams.hand_in(exam=exam, answers=[0, None, 0, 0, 0], at=NOW)

    assert Exam.objects.get().finished_at is None


def test_handing_in_twice_counts_once(lin, bank):
    exam = exams.begin(volunteer=lin, at=NOW)
    exams.hand_in(exam=exam, answers=[1] * 5, at=NOW)

    again = exams.hand_in(exam=exam, answers=[0] * 5, at=NOW)

    assert again.right_count == 0


def test_a_unit_may_limit_the_tries_of_a_day(blue, lin, bank):
    policy(blue, "exam_tries_a_day", 1)
    exams.hand_in(exam=exams.begin(volunteer=lin, at=NOW), answers=[1] * 5, at=NOW)

    with pytest.raises(errors.ExamTomorrow):
        exams.begin(volunteer=lin, at=at("23:59"))

    assert exams.begin(volunteer=lin, at=at("00:00", days=1))


def test_a_retired_question_is_asked_no_more_but_in_exams_under_way(lin, wang, bank):
    exam = exams.begin(volunteer=lin, at=NOW)

    for question in bank:
        exams.retire_question(question=question, by=wang, at=NOW)

    assert exams.hand_in(exam=exam, answers=[0] * 5, at=NOW).has_passed
    with pytest.raises(errors.NoQuestions):
        exams.begin(volunteer=lin, at=NOW)


def test_the_exam_on_the_phone_keeps_what_was_chosen(lin, bank, client, now_is):
    now_is(NOW)
    sign_in(client, lin.person.user)
    address = reverse("people:exam")

    client.post(address)
    gap = client.post(address, {"answer-0": "0", "answer-1": "1"})
    done = client.post(address, {f"answer-{n}": "0" for n in range(5)}, follow=True)

    assert gap.status_code == 422
    assert 'id="answer-1-1" value="1" checked' in gap.content.decode()
    assert "考试通过了" in done.content.decode()


def test_pressing_twice_on_the_last_place_is_pressing_once(blue, lin, wang, client, now_is):
    now_is(NOW)
    slot = make_slot(blue, by=wang, starts_at=at("10:00"), places=1)
    sign_in(client, lin.person.user)

    answers = [client.post(reverse("people:book_interview", args=[slot.code])) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Interview.objects.count() == 1


def test_the_desk_opens_a_time_and_a_question(blue, wang, client, now_is):
    now_is(NOW)
    sign_in(client, wang)
    slot = {"unit": blue.code, "day": "2026-11-25", "starts": "14:00", "ends": "14:30", "place": "402", "places": "2"}
    question = {"unit": blue.code, "text": "戴口罩前做什么？", "choices": "洗手\n拍照", "right": "1", "why": "手卫生"}

    opened = client.post(reverse("people:interview_slots"), slot)
    late = client.post(reverse("people:interview_slots"), {**slot, "day": "2026-11-23"})
    added = client.post(reverse("people:bank"), question)
    single = client.post(reverse("people:bank"), {**question, "choices": "洗手"})

    assert [answer.status_code for answer in (opened, late, added, single)] == [302, 422, 302, 422]
    assert "戴口罩前做什么？" in client.get(reverse("people:bank")).content.decode()
    assert "402" in client.get(reverse("people:interview_slots")).content.decode()


def test_a_unit_that_closes_without_successor_calls_its_talks_off_and_retires_its_questions(blue, lin, wang, bank):
    booked = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("10:00")), at=NOW)

    hanging = {str(one.what): one.count for one in unit_of_vetting.hangs_on(blue, successor=None, at=NOW)}
    unit_of_vetting.hand_over(unit=blue, successor=None, by=wang, at=NOW)

    booked.refresh_from_db()
    talks_and_questions = {"还没到的面谈时段": 1, "保单": 0, "本单位的考题": 5}
    assert hanging == talks_and_questions | {"在本单位通过的培训": 0, "认可的外单位培训": 0}
    assert booked.state == "cancelled"
    assert not exams.bank_for(blue).exists()


def test_a_successor_takes_talks_and_questions_over(hospital, blue, lin, wang, bank):
    slot = make_slot(blue, by=wang, starts_at=at("10:00"))

    unit_of_vetting.hand_over(unit=blue, successor=hospital, by=wang, at=NOW)

    slot.refresh_from_db()
    assert slot.unit == hospital
    assert exams.bank_for(hospital).count() == 5
