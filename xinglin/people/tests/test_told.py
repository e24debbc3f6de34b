"""What volunteers hear of their vetting, and what the first page and the steps then say."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.activities.tests.factories import make_shift
from xinglin.notices.models import Delivery, Notice
from xinglin.organisation.models import Policy
from xinglin.people import actions
from xinglin.people.models import Qualification
from xinglin.people.tests.factories import make_paper, make_slot
from xinglin.people.vetting import files, gates, interviews, progress, submissions

pytestmark = pytest.mark.django_db
NOW = at("08:00")


def asks_for(unit, *names):
    Policy.objects.create(unit=unit, name="gates", value=list(names), starts_at=at("00:00", days=-1))


def two_decide(unit, *what):
    Policy.objects.create(unit=unit, name="two_decide", value=list(what), starts_at=at("00:00", days=-1))


def told(volunteer):
    return list(Notice.objects.filter(user=volunteer.person.user).order_by("pk").values_list("kind", flat=True))


def accept(submission, by, moment=NOW):
    files.look_at(submission.file, by=by, at=moment)
    return submissions.accept(submission=submission, by=by, at=moment)


def note_of(volunteer, gate, *, moment):
    return next(line.note for line in progress.of(volunteer, at=moment).lines if line.gate == gate)


# Told -------------------------------------------------------------------------------------------------------------


def test_a_decision_on_a_paper_is_told_without_the_reason(lin, zhao):
    submissions.refuse(submission=make_paper(lin, at=NOW), by=zhao, reason="肝功能那页看不清", at=NOW)
    accept(make_paper(lin, at=NOW), zhao, at("09:00"))

    assert told(lin) == ["paper_refused", "paper_accepted"]
    assert "肝功能" not in str(list(Notice.objects.values()))


def test_a_decision_that_is_taken_back_was_never_told(lin, zhao):
    paper = submissions.refuse(submission=make_paper(lin, at=NOW), by=zhao, reason="点错了", at=NOW)

    submissions.take_back(submission=paper, by=zhao, at=at("08:01"))

    assert told(lin) == []


def test_the_first_of_two_words_is_no_answer_yet(blue, lin, zhao, wang):
    two_decide(blue, "no_record")
    paper = accept(make_paper(lin, at=NOW), zhao)
    before = told(lin)

    accept(paper, wang, at("08:05"))

    assert (before, told(lin)) == ([], ["paper_accepted"])


def test_what_somebody_typed_as_a_licence_is_not_repeated(lin, zhao):
    paper = make_paper(lin, at=NOW, what="qualification", title="林晓的证")

    submissions.refuse(submission=paper, by=zhao, reason="看不清", at=NOW)

    assert Notice.objects.get().values == {"paper": "证书"}


def test_a_talk_that_is_called_off_is_told_at_once_to_whoever_booked_it(blue, lin, wang):
    other = member(name="何苗", number="V000002", phone="13800000002", unit=blue)
    slot = make_slot(blue, by=wang, starts_at=at("09:00", days=1), places=2)
    interviews.book(volunteer=lin, slot=slot, at=NOW)
    interviews.cancel(interview=interviews.book(volunteer=other, slot=slot, at=NOW), at=NOW)

    for _twice in range(2):
        interviews.close_slot(slot=slot, by=wang, at=at("22:30"))

    assert (told(lin), told(other)) == (["interview_called_off"], [])
    assert [(one.channel, one.next_try_at) for one in Delivery.objects.all()] == [("sms", at("22:30"))]


@pytest.mark.parametrize(
    ("state", "kind"),
    [("passed", "interview_decided"), ("failed", "interview_decided"), ("missed", "interview_missed")],
)
def test_how_a_talk_went_is_told(blue, lin, wang, zhao, state, kind):
    booked = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("10:00")), at=NOW)

    interviews.decide(interview=booked, state=state, notes="时间对不上", by=zhao, at=at("10:30"))

    assert told(lin) == [kind]


def test_a_talk_that_needs_a_second_word_is_told_with_it(blue, lin, wang, zhao):
    two_decide(blue, "interview")
    booked = interviews.book(volunteer=lin, slot=make_slot(blue, by=wang, starts_at=at("10:00")), at=NOW)
    waits = interviews.decide(interview=booked, state="passed", notes="", by=zhao, at=at("10:30"))
    before = told(lin)

    submissions.accept(submission=waits, by=wang, at=at("11:00"))

    assert (before, told(lin)) == ([], ["interview_decided"])


def test_a_suspension_and_coming_back_are_told(lin, wang, zhao):
    lin = actions.suspend(volunteer=lin, by=wang, reason="休养", at=NOW)
    asked = submissions.ask_to_return(volunteer=lin, note="", at=at("08:00", days=1))
    submissions.refuse(submission=asked, by=zhao, reason="再歇一阵", at=at("09:00", days=1))
    asked = submissions.ask_to_return(volunteer=lin, note="", at=at("08:00", days=2))
    submissions.accept(submission=asked, by=zhao, at=at("09:00", days=2))

    assert told(lin) == ["suspended", "return_refused", "back_on_duty"]
    assert "休养" not in str(list(Notice.objects.values()))


def test_a_suspension_that_was_undone_at_once_was_none(lin, wang):
    lin = actions.suspend(volunteer=lin, by=wang, reason="点错了", at=NOW)

    submissions.resume(volunteer=lin, by=wang, at=at("08:01"))

    assert told(lin) == []


# On the page ------------------------------------------------------------------------------------------------------


def test_the_step_says_why_it_was_not_accepted_until_it_is_handed_in_anew(blue, lin, zhao):
    asks_for(blue, "review", "no_record")
    submissions.refuse(submission=make_paper(lin, at=NOW), by=zhao, reason="照片看不清。", at=NOW)
    refused = note_of(lin, "no_record", moment=NOW)

    make_paper(lin, at=at("09:00"))

    assert refused.startswith("上次没有通过：照片看不清。拍下")
    assert "看不清" not in note_of(lin, "no_record", moment=at("09:00"))


def test_a_gate_that_was_taken_back_is_told_and_says_why(blue, lin, zhao):
    asks_for(blue, "review", "no_record")
    accept(make_paper(lin, at=NOW), zhao)

    gates.shut_gate(volunteer=lin, kind="no_record", reason="原件对不上", by=zhao, at=at("09:00"))

    assert told(lin)[-1] == "gate_shut"
    assert "收回了：原件对不上。" in note_of(lin, "no_record", moment=at("09:00"))


def test_a_licence_that_was_taken_back_is_told_without_what_somebody_typed(blue, lin, zhao):
    for kind, said in (("执业医师", "执业医师"), ("王芳的证 13800001111", "证书")):
        licence = Qualification.objects.create(volunteer=lin, kind=kind, checked_by=zhao, checked_at=NOW)
        actions.end_qualification(qualification=licence, reason="原件对不上", by=zhao, at=NOW)
        notice = Notice.objects.filter(user=lin.person.user, kind="licence_taken_back").latest("pk")
        assert notice.values == {"paper": said}


def test_an_accepted_paper_that_has_expired_does_not_bring_up_an_old_no(blue, lin, zhao):
    asks_for(blue, "review", "no_record")
    submissions.refuse(
        submission=make_paper(lin, at=at("08:00", days=-9)), by=zhao, reason="看不清", at=at("08:00", days=-9)
    )
    gates.open_gate(volunteer=lin, kind="no_record", by=zhao, valid_until=NOW.date(), at=at("08:00", days=-8))

    note = note_of(lin, "no_record", moment=at("08:00", days=3))

    assert "过期了" in note
    assert "看不清" not in note


def test_the_first_page_says_the_next_step_before_it_offers_a_shift(client, blue, lin, now_is):
    now_is(NOW)
    asks_for(blue, "review", "agreement", "no_record")
    make_shift(unit=blue, starts_at=at("14:00"), places=3)

    page = sign_in(client, lin.person.user).get("/").content.decode()

    lead = page[page.index('class="lead"') : page.index("我的时间")]
    assert "离上岗还有 1 步" in lead
    assert reverse("people:hand_in", args=["no_record"]) in lead
    assert "看看，报名" not in page


def test_the_first_page_shows_an_answer_until_it_is_read(client, lin, zhao, now_is):
    now_is(NOW)
    submissions.refuse(submission=make_paper(lin, at=NOW), by=zhao, reason="照片看不清", at=NOW)
    browser, address = sign_in(client, lin.person.user), reverse("notices:opened", args=[Notice.objects.get().code])

    before = browser.get("/").content.decode()
    papers = browser.get(address, follow=True).content.decode()

    assert address in before
    assert "照片看不清" in papers
    assert address not in browser.get("/").content.decode()
