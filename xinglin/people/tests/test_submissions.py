"""Papers are handed in, sealed, looked at, decided by one or by two, and deleted in time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import at, sign_in, staff
from xinglin.audit.models import Entry
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import actions, consenting, queries, search
from xinglin.people.errors import NotAboutOneself, TextHasChanged
from xinglin.people.models import Membership, SealedFile, Submission
from xinglin.people.tests.factories import PNG, make_paper, make_staff, make_texts
from xinglin.people.vetting import errors, files, gates, keeping, submissions
from xinglin.people.vetting import queries as vetting
from xinglin.people.vetting.submissions import Paper

pytestmark = pytest.mark.django_db
NOW = at("08:00")
TODAY = dt.date(2026, 11, 24)


def two_decide(unit, *what):
    Policy.objects.create(unit=unit, name="two_decide", value=list(what), starts_at=at("00:00", days=-1))


def see_and_accept(submission, by, moment=NOW):
    files.look_at(submission.file, by=by, at=moment)
    return submissions.accept(submission=submission, by=by, at=moment)


def health(version="2026-11"):
    return {"what": "health", "consent_version": version}


# Files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\xff\xd8\xff\xe0 ...", "image/jpeg"),
        (PNG, "image/png"),
        (b"<html><script>alert(1)</script>", None),
        (b"GIF89a", None),
        (b" %PDF-1.7", None),
        (b"MZ\x90", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content, kind):
    assert files.kind_of(content) == kind


def test_a_name_that_lies_does_not_help():
    with pytest.raises(errors.FileNotKnown):
        files.read(SimpleUploadedFile("证书.png", b"<svg onload=alert(1)>", content_type="image/png"))


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(errors.FileTooLarge):
        files.read(SimpleUploadedFile("证书.pdf", b"%PDF-" + bytes(files.MOST_BYTES)))


def test_what_lies_in_the_database_is_sealed(lin):
    submission = make_paper(lin, at=NOW)

    stored = bytes(SealedFile.objects.get().sealed)
    assert PNG[:8] not in stored
    assert files.look_at(submission.file, by=lin.person.user, at=NOW) == PNG


def test_each_look_stands_in_the_trail(lin, zhao):
    submission = make_paper(lin, at=NOW)

    files.look_at(submission.file, by=zhao, at=NOW)

    assert Entry.objects.filter(verb="saw_file", actor_code=zhao.code).count() == 1


# Deciding ---------------------------------------------------------------------------------------------------------


def test_a_certificate_opens_the_gate_for_the_months_of_the_policy(lin, zhao):
    submission = make_paper(lin, at=NOW, issued_on=TODAY)

    see_and_accept(submission, zhao)

    [gate] = gates.standing_gates(lin)
    assert (gate.kind, gate.decided_by, gate.valid_until) == ("no_record", zhao, dt.date(2027, 11, 23))


def test_nobody_accepts_what_they_have_not_opened(lin, zhao, wang):
    submission = make_paper(lin, at=NOW)
    files.look_at(submission.file, by=wang, at=NOW)

    with pytest.raises(errors.NotLookedAt):
        submissions.accept(submission=submission, by=zhao, at=NOW)


def test_a_refusal_is_explained_and_one_may_hand_in_again(lin, zhao):
    submission = make_paper(lin, at=NOW)

    with pytest.raises(errors.SubmissionReasonNeeded):
        submissions.refuse(submission=submission, by=zhao, reason=" ", at=NOW)
    submissions.refuse(submission=submission, by=zhao, reason="看不清", at=NOW)

    assert make_paper(lin, at=NOW).state == "waiting"
    assert gates.standing_gates(lin) == []


def test_one_of_a_kind_at_a_time(lin):
    make_paper(lin, at=NOW)

    with pytest.raises(errors.SubmittedAlready):
        make_paper(lin, at=NOW)


def test_a_paper_of_tomorrow_or_of_long_ago_is_not_taken(lin):
    with pytest.raises(errors.IssuedInFuture):
        make_paper(lin, at=NOW, issued_on=TODAY + dt.timedelta(days=1))
    with pytest.raises(errors.PaperHasExpired):
        make_paper(lin, at=NOW, issued_on=dt.date(2025, 11, 24))


def test_nobody_decides_about_themselves(lin):
    with pytest.raises(NotAboutOneself):
        submissions.accept(submission=make_paper(lin, at=NOW), by=lin.person.user, at=NOW)


def test_what_somebody_else_has_decided_is_decided(lin, zhao, wang):
    submission = make_paper(lin, at=NOW)
    see_and_accept(submission, zhao)

    with pytest.raises(errors.SubmissionDecided):
        see_and_accept(submission, wang)


def test_where_two_must_decide_the_second_is_another(blue, lin, zhao, wang):
    two_decide(blue, "no_record")
    submission = make_paper(lin, at=NOW)

    half = see_and_accept(submission, zhao)
    with pytest.raises(errors.SecondNeeded):
        see_and_accept(submission, zhao)
    waiting = (list(vetting.waiting_for(zhao)), list(vetting.waiting_for(wang)))
    whole = see_and_accept(submission, wang)

    assert (half.state, whole.state) == ("half", "accepted")
    assert waiting == ([], [submission])
    [gate] = gates.standing_gates(lin)
    assert (gate.decided_by, gate.second_by) == (zhao, wang)


def test_where_a_unit_has_one_reviewer_the_upper_units_is_the_second(bureau, blue, lin, zhao):
    two_decide(blue, "no_record")
    upper = staff(name="钱局", login_name="qian", role="reviewer", unit=bureau)
    submission = make_paper(lin, at=NOW)
    see_and_accept(submission, zhao)

    seconds = vetting.second_eyes(blue, but=zhao, at=NOW)

    assert [role.user for role in seconds] == [upper]
    assert see_and_accept(submission, upper).state == "accepted"


def test_what_staff_register_by_hand_needs_the_second_too(blue, lin, zhao, wang):
    two_decide(blue, "papers")

    waits = submissions.register(volunteer=lin, paper=Paper("papers"), by=zhao, at=NOW)
    submissions.accept(submission=waits, by=wang, at=NOW)

    assert waits.state == "half"
    assert [gate.kind for gate in gates.standing_gates(lin)] == ["papers"]


def test_a_yes_is_taken_back_within_minutes_and_the_old_gate_stands_again(lin, zhao):
    old = gates.open_gate(volunteer=lin, kind="no_record", by=zhao, valid_until=TODAY, at=at("07:00"))
    submission = see_and_accept(make_paper(lin, at=NOW), zhao)

    submissions.take_back(submission=submission, by=zhao, at=at("08:04"))

    assert gates.standing_gates(lin) == [old]
    assert [one.state for one in vetting.waiting_for(zhao)] == ["waiting"]


def test_what_the_volunteer_withdrew_after_a_first_yes_stays_withdrawn(blue, lin, zhao):
    two_decide(blue, "no_record")
    submission = see_and_accept(make_paper(lin, at=NOW), zhao)
    submissions.withdraw(submission=submission, at=NOW)

    with pytest.raises(errors.TakingBackTooLate):
        submissions.take_back(submission=submission, by=zhao, at=NOW)

    submission.refresh_from_db()
    assert submission.state == "withdrawn"


def test_who_decides_for_another_team_of_the_volunteer_is_not_one_of_the_two(blue, lin, zhao):
    two_decide(blue, "return", "no_record")
    second = make_unit(name="红马甲队")
    Membership.objects.create(volunteer=lin, unit=second, joined_on=TODAY)
    elsewhere = make_staff(unit=second)
    suspended = actions.suspend(volunteer=lin, by=zhao, reason="休息", at=NOW)
    paper = make_paper(lin, at=NOW)
    asked = submissions.ask_to_return(volunteer=suspended, note="", at=NOW)

    for submission in (paper, asked):
        with pytest.raises(MayNot):
            submissions.refuse(submission=submission, by=elsewhere, reason="不行", at=NOW)
    with pytest.raises(MayNot):
        submissions.resume(volunteer=suspended, by=elsewhere, at=NOW)

    assert submissions.resume(volunteer=suspended, by=zhao, at=NOW).state == "half"


def test_a_yes_is_not_taken_back_later_or_by_another(lin, zhao, wang):
    submission = see_and_accept(make_paper(lin, at=NOW), zhao)

    with pytest.raises(errors.TakingBackTooLate):
        submissions.take_back(submission=submission, by=wang, at=NOW)
    with pytest.raises(errors.TakingBackTooLate):
        submissions.take_back(submission=submission, by=zhao, at=at("08:06"))


# Health, licences, coming back ------------------------------------------------------------------------------------


def test_health_asks_for_a_consent_of_its_own(lin):
    make_texts()

    with pytest.raises(errors.HealthConsentNeeded):
        make_paper(lin, at=NOW, **health(""))
    make_paper(lin, at=NOW, **health())

    assert queries.has_consented(lin.person, "health")


def test_a_consent_taken_back_shuts_the_gate_at_once_and_the_file_goes(lin, zhao):
    make_texts()
    see_and_accept(make_paper(lin, at=NOW, **health()), zhao)
    before = gates.hurdles(lin, ["health"], on=TODAY, at=NOW)

    consenting.withdraw(person=lin.person, kind="health", at=NOW)

    assert before == ()
    assert [hurdle.gate for hurdle in gates.hurdles(lin, ["health"], on=TODAY, at=NOW)] == ["health"]
    assert not SealedFile.objects.filter(deleted_at__isnull=True).exists()


def test_the_desk_keeps_a_clearance_with_the_consent_on_paper_only(lin, zhao):
    make_texts()
    desk = {"volunteer": lin, "by": zhao, "at": NOW}

    with pytest.raises(errors.HealthPaperNeeded):
        submissions.register(paper=Paper("health"), **desk)
    with pytest.raises(TextHasChanged):
        submissions.register(paper=Paper("health", consent_paper="同意书", consent_version="2020-01"), **desk)
    submissions.register(paper=Paper("health", consent_paper="同意书", consent_version="2026-11"), **desk)
    submissions.register(paper=Paper("health"), **desk)  # renewed: the consent stands

    consent = queries.consent_of(lin.person, "health")
    assert (consent.paper, consent.entered_by) == ("同意书", zhao)
    assert gates.hurdles(lin, ["health"], on=TODAY, at=NOW) == ()


def test_entered_at_the_desk_by_two_it_counts_and_goes_with_the_consent(blue, lin, zhao, wang):
    make_texts()
    two_decide(blue, "health")
    paper = Paper("health", consent_paper="同意书", consent_version="2026-11")

    submissions.accept(submission=submissions.register(volunteer=lin, paper=paper, by=zhao, at=NOW), by=wang, at=NOW)
    before = gates.hurdles(lin, ["health"], on=TODAY, at=NOW)
    consenting.withdraw_at_desk(person=lin.person, kind="health", by=wang, at=NOW)

    assert before == ()
    assert [hurdle.gate for hurdle in gates.hurdles(lin, ["health"], on=TODAY, at=NOW)] == ["health"]
    assert search.page_of((blue.path,), search.Asked(gate="health"), at=NOW).rows == []


@pytest.mark.parametrize("source", ["", "submission:8F3KQ2TM"])
def test_a_clearance_from_before_the_desk_asked_counts_until_the_consent_is_taken_back(lin, zhao, source):
    make_texts()
    gates.open_gate(volunteer=lin, kind="health", by=zhao, source=source, at=NOW)
    before = gates.hurdles(lin, ["health"], on=TODAY, at=NOW)

    consenting.give(person=lin.person, kind="health", at=NOW)
    consenting.withdraw(person=lin.person, kind="health", at=NOW)

    assert before == ()
    assert gates.hurdles(lin, ["health"], on=TODAY, at=NOW) != ()


def test_what_waits_for_a_reviewer_is_withdrawn_with_the_consent(lin, zhao):
    make_texts()
    make_paper(lin, at=NOW, **health())

    consenting.withdraw(person=lin.person, kind="health", at=NOW)

    assert list(vetting.waiting_for(zhao)) == []


def test_a_licence_is_asked_for_by_the_person_and_its_number_is_sealed(lin, zhao):
    facts = {"title": "执业医师", "number": "110330381000123", "issued_on": None, "valid_until": dt.date(2027, 1, 1)}
    submission = make_paper(lin, at=NOW, what="qualification", **facts)

    see_and_accept(submission, zhao)

    assert "执业医师" in queries.standing(lin, at=NOW).abilities
    assert submission.number_tail == "0123"
    assert b"110330381000123" not in bytes(submission.number_sealed)


def test_who_was_suspended_asks_to_return_and_is_taken_up_again(lin, zhao, wang):
    with pytest.raises(errors.NotSuspendedNow):
        submissions.ask_to_return(volunteer=lin, note="", at=NOW)
    suspended = actions.suspend(volunteer=lin, by=wang, reason="休养", at=NOW)
    asked = submissions.ask_to_return(volunteer=suspended, note="养好了", at=NOW)

    submissions.accept(submission=asked, by=zhao, at=NOW)

    lin.refresh_from_db()
    assert lin.state == "active"


def test_taking_somebody_up_by_hand_answers_what_they_asked(lin, wang):
    suspended = actions.suspend(volunteer=lin, by=wang, reason="休养", at=NOW)
    submissions.ask_to_return(volunteer=suspended, note="", at=NOW)

    submissions.resume(volunteer=suspended, by=wang, at=NOW)

    assert Submission.objects.get().state == "accepted"


# Keeping ----------------------------------------------------------------------------------------------------------


def test_files_go_some_days_after_the_decision_and_the_decision_stays(lin, zhao):
    submission = see_and_accept(make_paper(lin, at=NOW), zhao)

    early, due = keeping.delete_old_files(at=at("08:00", days=89)), keeping.delete_old_files(at=at("09:00", days=90))

    submission.refresh_from_db()
    assert (early, due) == (0, 1)
    with pytest.raises(errors.FileDeleted):
        files.look_at(submission.file, by=zhao, at=NOW)
    assert submission.state == "accepted"


def test_what_is_withdrawn_is_deleted_at_once(lin):
    submissions.withdraw(submission=make_paper(lin, at=NOW), at=NOW)

    assert SealedFile.objects.get().sealed is None


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_volunteer_hands_in_by_phone_and_sees_where_it_stands(lin, client, now_is):
    now_is(NOW)
    make_texts()
    sign_in(client, lin.person.user)
    address = reverse("people:hand_in", args=["health"])
    photo = SimpleUploadedFile("a.png", PNG, content_type="image/png")
    said = {"issued_on": "2026-11-20", "file": photo, "consent_version": "2026-11"}

    refused = client.post(address, said)
    photo.seek(0)
    sent = client.post(address, {**said, "agreed": "on"})
    papers = client.get(reverse("people:papers")).content.decode()

    assert (refused.status_code, sent.status_code) == (422, 302)
    assert "待审核" in papers


def test_a_file_comes_as_an_attachment_that_nothing_runs_in(lin, zhao, client, now_is):
    now_is(NOW)
    submission = make_paper(lin, at=NOW)

    answer = sign_in(client, zhao).get(reverse("people:paper_file", args=[submission.code]))

    assert answer.content == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_what_is_wrong_with_a_file_is_said_beside_it(lin, client, now_is):
    now_is(NOW)
    sign_in(client, lin.person.user)
    address = reverse("people:hand_in", args=["no_record"])
    script = SimpleUploadedFile("a.png", b"<script>", content_type="image/png")

    page = client.post(address, {"issued_on": "2026-11-20", "file": script})

    assert page.status_code == 422
    assert "只收照片" in page.content.decode()
    assert "2026-11-20" in page.content.decode()


def test_the_desk_decides_papers_in_the_one_queue(lin, zhao, client, now_is):
    now_is(NOW)
    submission = make_paper(lin, at=NOW)
    sign_in(client, zhao)
    address = reverse("home:decide", args=["paper", submission.code])

    page = client.get(reverse("home:waits", args=["paper", submission.code])).content.decode()
    unseen = client.post(address, {"verb": "accept"})
    client.get(reverse("people:paper_file", args=[submission.code]))
    together = client.post(address, {"verb": "accept:together", "alike": submission.code})

    assert "无犯罪记录证明" in page
    assert unseen.status_code == 409
    assert together.status_code == 302
    assert Submission.objects.get().state == "accepted"
