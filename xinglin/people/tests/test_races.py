"""Two at once: real threads on a real database."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest
from django.db import connection, transaction

from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import actions, numbers
from xinglin.people.actions import Draft
from xinglin.people.errors import AlreadyDecided
from xinglin.people.models import Application, Membership, Person, Submission, Volunteer
from xinglin.people.teams import joining
from xinglin.people.tests.factories import (
    LONG_AGO,
    make_application,
    make_id_number,
    make_staff,
    make_texts,
    make_user,
    make_volunteer,
)
from xinglin.people.vetting import submissions

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run all calls together; what each returned or raised, by the name of its kind."""
    gate, outcomes = threading.Barrier(len(calls)), []

    def run(call):
        try:
            gate.wait(timeout=20)
            outcomes.append(type(call()).__name__)
        except Exception as trouble:
            outcomes.append(type(trouble).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return Counter(outcomes)


def test_of_two_coordinators_one_wins_and_the_other_hears_it_kindly():
    hospital = make_unit(kind="hospital")
    application = make_application(unit=make_unit(parent=hospital))
    wang, zhao = make_staff(unit=hospital), make_staff(unit=hospital)

    outcomes = at_once(
        lambda: actions.approve(application=application, by=wang, at=LONG_AGO),
        lambda: actions.refuse(application=application, by=zhao, reason="名额满了", at=LONG_AGO),
    )

    assert outcomes[AlreadyDecided.__name__] == 1
    application.refresh_from_db()
    assert Volunteer.objects.count() == (1 if application.state == Application.State.APPROVED else 0)


def test_eight_approvals_of_one_application_make_one_volunteer():
    hospital = make_unit(kind="hospital")
    application = make_application(unit=hospital)
    coordinators = [make_staff(unit=hospital) for _ in range(8)]

    outcomes = at_once(
        *(lambda by=by: actions.approve(application=application, by=by, at=LONG_AGO) for by in coordinators)
    )

    assert outcomes == {"Volunteer": 1, "AlreadyDecided": 7}
    assert Volunteer.objects.count() == 1


def test_one_document_at_two_phones_is_one_person():
    make_texts()
    team, number = make_unit(), make_id_number()
    draft = Draft(name="沈佳", id_kind="01", id_number=number, unit=team, privacy_version="2026-11")
    users = [make_user(name="") for _ in range(4)]

    outcomes = at_once(*(lambda user=user: actions.apply(user=user, draft=draft, at=_now()) for user in users))

    assert outcomes == {"Application": 1, "DocumentOfAnotherAccount": 3}
    assert Person.objects.count() == 1


def test_one_person_pressing_twice_applies_once():
    make_texts()
    user = make_user(name="")
    draft = Draft(name="沈佳", id_kind="01", id_number=make_id_number(), unit=make_unit(), privacy_version="2026-11")

    outcomes = at_once(*[lambda: actions.apply(user=user, draft=draft, at=_now())] * 4)

    assert outcomes == {"Application": 1, "AlreadyApplied": 3}
    assert Application.objects.count() == 1


def test_numbers_taken_at_once_are_all_different():
    given = []

    at_once(*[lambda: given.extend(numbers.take(50))] * 4)

    assert len(set(given)) == len(given) == 200


@pytest.mark.parametrize("door", ["role", "join", "wish", "application", "return"])
def test_who_waits_while_a_unit_closes_finds_it_closed(door):
    hospital = make_unit(kind="hospital")
    wang, team = make_staff(unit=hospital), make_unit(parent=hospital, joining="review" if door == "wish" else "open")
    lin, application = make_volunteer(unit=make_unit(parent=hospital)), make_application(unit=team)
    asks_back = leaving_and_back(team)
    told = {"volunteer": lin, "unit": team, "at": _now()}
    way = {
        "role": lambda: organisation.grant_role(
            user=lin.person.user, unit=team, name="team_leader", granted_by=wang, at=_now()
        ),
        "join": lambda: joining.join(**told, password="", address="192.0.2.7"),
        "wish": lambda: joining.join(**told, password="", address="192.0.2.7"),
        "application": lambda: actions.approve(application=application, by=wang, at=_now()),
        "return": lambda: submissions.accept(submission=asks_back, by=wang, at=_now()),
    }[door]
    holds = threading.Event()

    def close():
        with transaction.atomic():
            Unit.objects.select_for_update().get(pk=team.pk)
            holds.set()
            until_somebody_waits()
            Application.objects.filter(pk=application.pk).update(note="")  # what waits there is handed over
            Submission.objects.filter(pk=asks_back.pk).update(note="")
            Unit.objects.filter(pk=team.pk).update(closed_at=_now())

    def come_in():
        assert holds.wait(timeout=20)
        way()

    outcomes = at_once(close, come_in)

    assert outcomes == {"NoneType": 1, "UnitClosed" if door in ("role", "application") else "TeamClosed": 1}
    assert not Membership.objects.filter(unit=team).exists()
    assert not Role.objects.filter(unit=team).exists()


def leaving_and_back(team):
    left = make_volunteer(unit=make_unit(parent=team), state="left")
    return submissions.ask_to_return(volunteer=left, note="", unit=team, at=_now())


def until_somebody_waits():
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def _now():
    from conftest import at

    return at("09:00")
