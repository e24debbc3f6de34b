"""替他办: what the desk does for somebody without a telephone, and who stands in the trail for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.activities import actions as activities
from xinglin.activities import errors, leaving
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.office import copies
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_role
from xinglin.people import assisting, queries
from xinglin.people.assisting import Paper
from xinglin.people.errors import NoAssistance, NotAboutOneself, PaperNeeded, TextHasChanged
from xinglin.people.models import DataCopy, Exam, Gate, Question, Volunteer
from xinglin.people.tests.factories import make_volunteer
from xinglin.people.vetting import exams, gates

pytestmark = pytest.mark.django_db
NOW = at("08:00")


@pytest.fixture(autouse=True)
def _now(now_is: Any) -> None:
    now_is(NOW)


@pytest.fixture
def elder(blue: Any, wang: Any) -> Volunteer:
    """Grandmother Chen serves, has no telephone, and has not signed the agreement yet."""
    made = make_volunteer(unit=blue, name="陈奶奶", number="V000930", agreement=False)
    assisting.register(person=made.person, said=Paper("self", "", "11月20日同意书"), by=wang, at=NOW)
    return made


@pytest.fixture
def desk(wang: Any) -> Client:
    return sign_in(Client(), wang)


def facts_of(verb: str) -> dict[str, Any]:
    return Entry.objects.get(verb=verb).facts


# The agreement -----------------------------------------------------------------------------------------------------


def test_the_agreement_is_entered_later_with_its_paper(desk, elder, wang):
    text = queries.text("agreement", at=NOW)
    said = {"paper": "11月24日的协议", "version": text.version}

    unread = desk.post("/desk/people/V000930/for-them/agreement/", said | {"version": "1999-01"})
    desk.post("/desk/people/V000930/for-them/agreement/", said)
    desk.post("/desk/people/V000930/for-them/agreement/", said)  # twice is once

    assert unread.status_code == 409
    signed = queries.agreement_of(elder, at=NOW)
    assert (signed.signed_name, signed.paper) == ("陈奶奶", "11月24日的协议")
    assert Entry.objects.filter(verb="entered_agreement").count() == 1
    with pytest.raises(PaperNeeded):
        assisting.sign_agreement(person=elder.person, **said | {"paper": " "}, by=wang, at=NOW)
    with pytest.raises(TextHasChanged):
        assisting.sign_agreement(person=elder.person, **said | {"version": "1999-01"}, by=wang, at=NOW)


# The exam ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(blue: Any, wang: Any) -> None:
    Question.objects.update(retired_at=NOW)
    for number in range(5):
        exams.add_question(unit=blue, text=f"第{number}题", choices=["对", "错"], right=0, why="要点", by=wang, at=NOW)


def test_an_exam_read_aloud_opens_the_gate_and_says_who_read_it(desk, elder, bank, blue, wang):
    Policy.objects.create(unit=blue, name="gates", value=["review", "training"], starts_at=at("00:00", days=-1))
    address = "/desk/people/V000930/for-them/exam/"

    assert "要点" in desk.get(address).content.decode()
    desk.post(address)
    half = desk.post(address, {"answer-0": "0"})
    desk.post(address, {f"answer-{number}": "0" for number in range(5)})

    assert half.status_code == 422
    exam = Exam.objects.get()
    assert (exam.has_passed, exam.read_by) == (True, wang)
    assert not gates.hurdles(elder, ["training"], on=NOW.date(), at=NOW, unit=blue)
    assert Gate.objects.get(kind="training").source == f"exam:{exam.code}"
    trail = Entry.objects.get(verb="handed_in_exam")
    assert (trail.actor_code, trail.facts["on_behalf"]) == (wang.code, elder.person.code)
    assert "王敏 念的题" in desk.get(address).content.decode()


def test_nobody_reads_an_exam_to_themselves_nor_to_whoever_has_a_telephone(elder, bank, lin, wang, blue):
    own = make_volunteer(unit=blue, name="王敏")
    with pytest.raises(NoAssistance):
        exams.begin(volunteer=lin, read_by=wang, at=NOW)
    with pytest.raises(MayNot):
        exams.begin(volunteer=elder, read_by=own.person.user, at=NOW)
    begun = exams.begin(volunteer=elder, at=NOW)
    make_role(user=elder.person.user, unit=blue, name="coordinator")
    elder.person.user.has_second_factor = True

    with pytest.raises(NotAboutOneself):
        exams.hand_in(exam=begun, answers=[0] * 5, read_by=elder.person.user, at=NOW)


# Giving a place back -----------------------------------------------------------------------------------------------


@pytest.fixture
def taken(blue: Any, lin: Any) -> Signup:
    return activities.take_shift(volunteer=lin, post=make_shift(unit=blue).posts.get(), at=NOW)


def test_whoever_signs_up_others_gives_back_anybodys_place_saying_on_whose_word(desk, taken, lin, wang):
    address = f"/shifts/{taken.shift.code}/list/{taken.code}/cancel/"

    page = desk.get(address).content.decode()
    empty = desk.post(address, {"reason": " "})
    desk.post(address, {"reason": "本人来电话说家里有事"})

    assert "替他退名" in page
    assert empty.status_code == 422
    taken.refresh_from_db()
    assert (taken.state, taken.cancel_reason) == ("cancelled", "本人来电话说家里有事")
    entry = Entry.objects.get(verb="cancelled_signup")
    assert (entry.actor_code, entry.facts["on_behalf"]) == (wang.code, lin.person.code)
    assert "家里" not in str(entry.facts)
    assert Notice.objects.filter(kind="cancelled_by_other", user=lin.person.user).count() == 1
    assert desk.get(address).status_code == 404


def test_a_stranger_gives_back_nothing_and_two_presses_are_one(taken, zhao, lin, wang):
    with pytest.raises(MayNot):
        activities.cancel_for(signup=taken, reason="说不来", by=zhao, at=NOW)
    with pytest.raises(errors.CancelReasonNeeded):
        activities.cancel_for(signup=taken, reason="", by=wang, at=NOW)

    for _ in range(2):
        activities.cancel_for(signup=taken, reason="说不来", by=wang, at=NOW)

    assert Entry.objects.filter(verb="cancelled_signup").count() == 1


def test_the_lists_lead_to_it_before_the_shift(desk, taken, elder, blue):
    link = f"/shifts/{taken.shift.code}/list/{taken.code}/cancel/"

    assert link in desk.get(f"/shifts/{taken.shift.code}/lead/").content.decode()
    assert link in desk.get(f"/desk/shifts/{taken.shift.code}/").content.decode()


# The copy of one's data --------------------------------------------------------------------------------------------


def test_a_copy_is_made_and_fetched_for_whoever_is_assisted(desk, elder, wang):
    desk.post("/desk/people/V000930/for-them/data/")
    made = copies.make(code=DataCopy.objects.get().code, at=NOW)

    page = desk.get("/desk/people/V000930/for-them/data/").content.decode()
    file = desk.get(f"/desk/people/V000930/for-them/data/{made.code}/")

    assert made.code in page
    assert file["Content-Type"] == "application/zip"
    fetched = Entry.objects.get(verb="fetched_data_copy")
    assert fetched.actor_code == wang.code
    assert fetched.facts["assistance"] == assisting.standing(elder.person).code


def test_without_an_assistance_nobody_gets_anothers_copy(desk, lin, wang):
    with pytest.raises(NoAssistance):
        copies.ask(person=lin.person, by=wang, at=NOW)
    own, _is_new = copies.ask(person=lin.person, by=lin.person.user, at=NOW)
    copies.make(code=own.code, at=NOW)

    assert desk.get(f"/desk/people/{lin.number}/for-them/data/{own.code}/").status_code == 409
    assert not Entry.objects.filter(verb="fetched_data_copy").exists()


# Leaving -----------------------------------------------------------------------------------------------------------


def test_whoever_is_assisted_leaves_by_the_desks_hand(desk, elder, wang):
    desk.post("/desk/people/V000930/for-them/leave/", {"reason": "搬走了"})

    elder.refresh_from_db()
    assert elder.state == Volunteer.State.LEFT
    left = Entry.objects.get(verb="left_volunteering")
    assert (left.actor_code, left.facts["on_behalf"]) == (wang.code, elder.person.code)


def test_nobody_else_is_made_to_leave(lin, wang):
    with pytest.raises(NoAssistance):
        leaving.leave(volunteer=lin, reason="", by=wang, at=NOW)

    lin.refresh_from_db()
    assert lin.state == Volunteer.State.ACTIVE


def test_the_page_of_the_assistance_leads_to_all_of_it(desk, elder):
    page = desk.get("/desk/people/V000930/care/").content.decode()

    for what in (
        "consents",
        "for-them/agreement",
        "for-them/exam",
        "for-them/data",
        "for-them/leave",
        "sign-up",
        "erase",
    ):
        assert f"/desk/people/V000930/{what}/" in page
