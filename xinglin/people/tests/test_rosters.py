"""Rosters at the desk: handed in, checked, taken in chunk by chunk, gone on with, given back and forgotten."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection

from xinglin.audit.models import Entry
from xinglin.lib import sheets
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import importing, jobs, roster, rosters
from xinglin.people.errors import NothingToImport, RosterBusy
from xinglin.people.models import Membership, Person, Roster, RosterFile, RosterPart, Volunteer
from xinglin.people.tests.factories import make_id_number, make_staff, make_workbook


@pytest.fixture
def coordinator(wang):
    wang.has_second_factor = True
    return wang


@pytest.fixture
def hand_in(coordinator, at):
    """Hand in rows; numbered from 3."""

    def _hand_in(*rows, check=True):
        made = rosters.hand_in(content=make_workbook(*rows), file_name="名册.xlsx", by=coordinator, at=at("09:00"))
        if check:
            rosters.check(code=made.code, at=at("09:00"))
        made.refresh_from_db()
        return made

    return _hand_in


def people(team, count):
    return [[f"志愿者{'甲乙丙丁戊己'[place]}", make_id_number(), "", team.name, "女"] for place in range(count)]


def begun(made, by, at):
    return rosters.begin(made=made, by=by, at=at("09:01"))


@pytest.mark.django_db
def test_a_check_tells_what_would_come_and_writes_nobody(hand_in, blue):
    made = hand_in(*people(blue, 2), ["", "1", "1380", "没有的队", "男"])

    assert (made.state, made.lines, made.persons, made.memberships, made.back_lines) == ("ready", 3, 2, 2, 1)
    assert set(made.reasons) == {"no_name", "wrong_document_length", "short_phone", "unknown_unit"}
    assert not Volunteer.objects.exists()
    back = sheets.stream_of(rosters.back_of(made), roster.COLUMNS)
    assert back.headings[-1] == "原因"
    assert len(list(back.filled_lines())) == 1


@pytest.mark.django_db
def test_the_file_is_sealed_and_goes_with_the_import(hand_in, coordinator, at, blue):
    rows = people(blue, 1)
    made = hand_in(*rows)
    kept = RosterFile.objects.get(roster=made)

    assert b"PK" not in bytes(kept.content)[:40]
    assert "志愿者甲".encode() not in bytes(kept.first_lines)
    assert rosters.first_lines(made)["lines"][0][2] == "*" * 14 + rows[0][1][-4:]

    begun(made, coordinator, at)
    rosters.take_in(code=made.code, at=at("09:02"))

    kept.refresh_from_db()
    assert kept.content is None
    assert Person.objects.get(name="志愿者甲").user.login_name.startswith("V")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_leaves_nothing_twice_and_the_next_goes_on(
    hand_in, coordinator, at, blue, monkeypatch
):
    monkeypatch.setattr(importing, "CHUNK", 2)
    made = begun(hand_in(*people(blue, 5), ["", "", "", "", ""], ["坏行", "1", "", blue.name, ""]), coordinator, at)
    real, calls = importing.take_in_chunk, []

    def dies_in_the_second(chunk, desk):
        outcome = real(chunk, desk)
        calls.append(chunk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return outcome

    with monkeypatch.context() as patched:
        patched.setattr(importing, "take_in_chunk", dies_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            rosters.take_in(code=made.code, at=at("09:02"))

    made.refresh_from_db()
    assert (made.state, made.done_lines, made.persons, Volunteer.objects.count()) == ("importing", 2, 2, 2)

    rosters.take_in(code=made.code, at=at("09:03"))

    made.refresh_from_db()
    assert (made.state, made.done_lines, made.persons, made.back_lines) == ("done", 6, 5, 1)
    assert Volunteer.objects.count() == Membership.objects.count() == 5
    assert Entry.objects.filter(verb="imported_roster", thing=f"roster:{made.code}").count() == 1
    assert not RosterPart.objects.filter(roster=made, reasons=b"").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_roster_take_each_line_in_once(hand_in, coordinator, at, blue, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    made = begun(hand_in(*people(blue, 6)), coordinator, at)

    def work():
        try:
            rosters.take_in(code=made.code, at=at("09:02"))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    rosters.take_in(code=made.code, at=at("09:03"))  # should the quicker one have left something to the other

    made.refresh_from_db()
    assert (made.state, made.persons, made.done_lines) == ("done", 6, 6)
    assert Volunteer.objects.count() == 6


@pytest.mark.django_db
def test_what_waits_too_long_is_given_to_another_worker_and_at_last_given_up(hand_in, coordinator, at, blue, now_is):
    made = begun(hand_in(*people(blue, 1)), coordinator, at)
    Roster.objects.filter(pk=made.pk).update(touched_at=at("09:01"), tries=rosters.MOST_TRIES)
    now_is(at("09:10"))

    assert jobs.go_on_with_rosters(timestamp=0) == 1

    rosters.take_in(code=made.code, at=at("09:10"))
    made.refresh_from_db()
    assert made.state == "failed"
    assert not Volunteer.objects.exists()


@pytest.mark.django_db
def test_a_roster_is_begun_once_and_only_when_there_is_something_to_take_in(hand_in, coordinator, at, blue):
    made = begun(hand_in(*people(blue, 1)), coordinator, at)

    with pytest.raises(RosterBusy):
        begun(made, coordinator, at)
    with pytest.raises(RosterBusy):
        rosters.drop(made=made, by=coordinator, at=at("09:02"))
    with pytest.raises(NothingToImport):
        begun(hand_in(["坏行", "1", "", blue.name, ""]), coordinator, at)


@pytest.mark.django_db
def test_people_of_another_hospital_go_back(hand_in, coordinator, at, blue):
    other = make_unit(name="别处的队")
    made = hand_in(*people(blue, 1), *people(other, 1))

    assert (made.persons, made.reasons) == (1, {"unit_of_another": 1})


@pytest.mark.django_db
def test_a_roster_is_seen_by_who_may_bring_people_to_all_its_units(hand_in, coordinator, bureau, blue):
    made = hand_in(*people(blue, 1))

    assert made in rosters.seen_by(coordinator)
    assert made in rosters.seen_by(make_staff(unit=bureau, role="bureau_administrator"))
    assert made not in rosters.seen_by(make_staff(unit=make_unit(name="别处")))
    assert made not in rosters.seen_by(make_staff(unit=bureau, role="auditor"))


@pytest.mark.django_db
def test_what_is_personal_is_forgotten_after_some_days(hand_in, coordinator, at, blue):
    waiting = hand_in(*people(blue, 1), ["坏行", "1", "", blue.name, ""])

    assert rosters.forget_old(at=at("09:00", days=rosters.KEPT.days)) == 0
    assert rosters.forget_old(at=at("09:01", days=rosters.KEPT.days)) == 1

    waiting.refresh_from_db()
    assert (waiting.state, waiting.file_name) == ("dropped", "")
    assert not RosterFile.objects.exists()
    assert not RosterPart.objects.exists()
    assert rosters.forget_old(at=at("09:01", days=rosters.KEPT.days)) == 0


@pytest.mark.django_db
def test_the_trail_names_nobody(hand_in, coordinator, at, blue):
    rows = people(blue, 1)
    made = begun(hand_in(*rows), coordinator, at)
    rosters.take_in(code=made.code, at=at("09:02"))

    said = json.dumps(list(Entry.objects.values("verb", "thing", "facts", "reason")), ensure_ascii=False, default=str)

    assert "imported_roster" in said
    assert not [secret for secret in rows[0][:2] if secret in said]
