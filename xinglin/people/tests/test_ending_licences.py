"""A licence is taken back with a reason, undone within minutes of its acceptance, and counts nowhere afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, sign_in
from xinglin.audit.models import Entry
from xinglin.lib.whole_person import Whole
from xinglin.people import actions, person, queries, search
from xinglin.people.errors import NotAboutOneself, ReasonNeeded
from xinglin.people.tests.factories import make_paper, make_volunteer
from xinglin.people.vetting import errors, expiring, files, submissions

pytestmark = pytest.mark.django_db
NOW = at("08:00")
NEXT_YEAR = dt.date(2027, 5, 1)


def licensed(volunteer, by, *, kind="执业医师", until=NEXT_YEAR, when=NOW):
    return actions.add_qualification(volunteer=volunteer, kind=kind, proof_seen=True, valid_until=until, by=by, at=when)


def abilities(volunteer, when=NOW):
    return queries.standing(volunteer, at=when).abilities


def accepted(volunteer, by, *, until=None):
    facts = {"what": "qualification", "title": "执业医师", "issued_on": None, "valid_until": until}
    submission = make_paper(volunteer, at=NOW, **facts)
    files.look_at(submission.file, by=by, at=NOW)
    return submissions.accept(submission=submission, by=by, at=NOW)


def test_what_was_taken_back_counts_nowhere_and_stays_with_its_reason(blue, lin, zhao):
    licence = licensed(lin, zhao, until=dt.date(2026, 12, 1))

    ended = actions.end_qualification(qualification=licence, reason=" 注册已注销 ", by=zhao, at=NOW)

    assert (ended.end_reason, ended.ended_by, ended.ended_at) == ("注册已注销", zhao, NOW)
    assert not {"执业医师", "执业助理医师"} & abilities(lin)
    asked = search.Asked(qualification="执业医师")
    assert search.page_of((blue.path,), asked, at=NOW).rows == []
    assert queries.expiring_qualifications(lin, on=NOW.date(), days=60) == []
    assert [row for row in expiring.listed(zhao, days=60, at=NOW) if row[2] == "licence"] == []


def test_the_trail_names_neither_the_licence_nor_the_reason(lin, zhao):
    licence = licensed(lin, zhao, kind="林晓的证")

    actions.end_qualification(qualification=licence, reason="注册已注销", by=zhao, at=NOW)

    entry = Entry.objects.get(verb="ended_qualification")
    assert (entry.facts, entry.reason, entry.thing) == ({"licence": licence.pk}, "", f"volunteer:{lin.number}")


def test_it_takes_a_reason_and_somebody_else_and_ends_once(hospital, lin, zhao):
    licence = licensed(lin, zhao)
    with pytest.raises(ReasonNeeded):
        actions.end_qualification(qualification=licence, reason=" ", by=zhao, at=NOW)
    with pytest.raises(NotAboutOneself):
        actions.end_qualification(qualification=licence, reason="不要了", by=lin.person.user, at=NOW)
    actions.end_qualification(qualification=licence, reason="注销", by=zhao, at=NOW)

    with pytest.raises(errors.LicenceEnded):
        actions.end_qualification(qualification=licence, reason="注销", by=zhao, at=NOW)


def test_one_that_was_taken_back_can_be_registered_anew(lin, zhao):
    actions.end_qualification(qualification=licensed(lin, zhao), reason="看错了", by=zhao, at=NOW)

    licensed(lin, zhao, when=at("09:00"))

    assert "执业医师" in abilities(lin, at("09:00"))
    assert lin.qualifications.count() == 2


def test_an_accepted_one_is_undone_within_minutes_and_the_earlier_one_stands_again(lin, zhao):
    earlier = licensed(lin, zhao, until=dt.date(2026, 12, 1), when=at("07:00"))
    submission = accepted(lin, zhao, until=NEXT_YEAR)

    submissions.take_back(submission=submission, by=zhao, at=at("08:04"))

    assert list(queries.standing_licences(lin)) == [earlier]
    submission.refresh_from_db()
    assert submission.state == "waiting"


def test_an_accepted_one_is_not_undone_later_or_once_it_was_renewed_or_taken_back(lin, zhao):
    submission = accepted(lin, zhao)
    with pytest.raises(errors.TakingBackTooLate):
        submissions.take_back(submission=submission, by=zhao, at=at("08:06"))
    actions.end_qualification(qualification=queries.standing_licences(lin).get(), reason="看错了", by=zhao, at=NOW)

    with pytest.raises(errors.TakingBackTooLate):
        submissions.take_back(submission=submission, by=zhao, at=at("08:04"))


def test_of_two_accounts_that_become_one_what_was_taken_back_stays_so(blue, lin, zhao, wang):
    other = make_volunteer(unit=blue, name="林晓", qualifications=["执业医师"])
    actions.end_qualification(qualification=other.qualifications.get(), reason="注销", by=zhao, at=NOW)
    kept, gone = (Whole(one.person.user, one.person, one) for one in (lin, other))

    person.merge(kept, gone, by=wang, at=NOW)

    assert "执业医师" not in abilities(lin)
    assert lin.qualifications.get().end_reason == "注销"


# Pages ----------------------------------------------------------------------------------------------------------------


def test_a_reviewer_takes_it_back_beside_the_gates_and_the_holder_reads_why(client, now_is, lin, zhao):
    now_is(NOW)
    licence = licensed(lin, zhao)
    end = reverse("people:end_licence", args=[lin.number, licence.pk])
    sign_in(client, zhao)

    before = client.get(reverse("people:gates_of", args=[lin.number])).content.decode()
    unexplained = client.post(end, {"reason": ""})
    client.post(end, {"reason": "注册已注销"})
    after = client.get(reverse("people:gates_of", args=[lin.number])).content.decode()
    own = sign_in(client, lin.person.user).get(reverse("people:papers")).content.decode()

    assert "收回这张证书" in before
    assert unexplained.status_code == 422
    assert "注册已注销" in after
    assert "收回这张证书" not in after
    assert "原因：注册已注销" in own


def test_nobody_takes_back_a_licence_of_elsewhere(client, lin, zhao):
    stranger = make_volunteer(qualifications=["执业医师"])

    answer = sign_in(client, zhao).post(
        reverse("people:end_licence", args=[lin.number, stranger.qualifications.get().pk]), {"reason": "注销"}
    )

    assert answer.status_code == 404
