"""Whoever applied and never came, and accounts that nobody uses: told, kept when heard of, and forgotten in time."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.office import bare_accounts, erasing, jobs, retention
from xinglin.office.errors import StillOpen
from xinglin.organisation import actions as organisation
from xinglin.organisation.tests.factories import make_role
from xinglin.people.models import Application, Erasure, Person
from xinglin.people.tests.factories import make_application, make_person, make_user, make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("10:00")
DUE = at("10:00", days=15)


def applied(unit: Any, *, days_ago: int, state: str = "refused", name: str = "沈佳") -> Person:
    person = make_person(name=name, phone=f"1390000{Person.objects.count():04d}")
    make_application(unit=unit, person=person, state=state, submitted_at=at("09:00", days=-days_ago))
    return person


def is_forgotten(person: Person) -> bool:
    return Person.objects.get(pk=person.pk).erased_at is not None


# Applicants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["refused", "withdrawn", "asked_back"])
def test_whoever_never_joined_is_told_once_and_forgotten(blue, state):
    person = applied(blue, days_ago=181, state=state)

    assert retention.propose(at=NOW) == 1
    assert retention.propose(at=NOW) == 0
    [notice] = Notice.objects.filter(user=person.user)
    assert (notice.kind, notice.values) == ("application_will_be_erased", {"day": DUE.date().isoformat()})
    assert erasing.carry_out_due(at=at("10:00", days=14)) == 0
    assert erasing.carry_out_due(at=DUE) == 1

    person.refresh_from_db()
    assert is_forgotten(person)
    assert (person.born_on, person.id_tail, bytes(person.id_sealed), person.township) == (None, "", b"", "")
    assert User.objects.get(pk=person.user_id).phone_sealed is None
    assert Application.objects.get(person=person).state in ("refused", "withdrawn")
    assert Entry.objects.get(verb="proposed_erasure").unit_path == blue.path


def test_what_waits_for_the_staff_and_whoever_is_needed_is_kept(blue, wang):
    waits = applied(blue, days_ago=400, state="submitted")
    recent = applied(blue, days_ago=179)
    works = applied(blue, days_ago=400)
    make_role(user=works.user, unit=blue, name="clerk")
    volunteer = make_volunteer(unit=blue).person
    make_application(unit=blue, person=volunteer, state="refused", submitted_at=at("09:00", days=-400))

    assert retention.propose(at=NOW) == 0
    assert not Erasure.objects.filter(person__in=[waits, recent, works, volunteer]).exists()


@pytest.mark.parametrize("how", ["signs_in", "applies"])
def test_whoever_is_heard_of_meanwhile_stays(blue, how):
    person = applied(blue, days_ago=200)
    retention.propose(at=NOW)
    if how == "signs_in":
        User.objects.filter(pk=person.user_id).update(last_login=at("12:00"))
    else:
        make_application(unit=blue, person=person, state="submitted", submitted_at=at("12:00"))

    assert erasing.carry_out_due(at=DUE) == 0

    assert Erasure.objects.get().state == "withdrawn"
    assert not is_forgotten(person)


def test_a_unit_may_keep_applicants_longer_or_for_ever(blue, hospital):
    applied(blue, days_ago=400)
    organisation.set_policy(unit=hospital, name="applicant_days", value=0, set_by=None, starts_at=NOW, at=NOW)

    assert retention.propose(at=NOW) == 0


# Accounts without a person -----------------------------------------------------------------------------------------


@pytest.fixture
def bare() -> User:
    return make_user(name="", phone="13912345678")


def test_an_account_that_nobody_uses_is_told_and_closed(bare, bureau):
    assert bare_accounts.propose(at=NOW) == 1
    assert bare_accounts.propose(at=at("10:00", days=1)) == 0
    assert Notice.objects.get().kind == "account_will_be_closed"
    assert bare_accounts.close_due(at=at("10:00", days=14)) == 0

    assert bare_accounts.close_due(at=at("10:01", days=15)) == 1

    bare.refresh_from_db()
    assert (bare.is_active, bare.phone_sealed, bare.phone_blind) == (False, None, None)
    assert not Notice.objects.exists()
    assert bare_accounts.close_due(at=at("10:01", days=16)) == 0


def test_signing_in_keeps_it_and_so_does_any_role_ever(bare, bureau, blue, wang, lin):
    bare_accounts.propose(at=NOW)
    User.objects.filter(pk=bare.pk).update(last_login=at("12:00"))
    once = make_user(name="老协调员")
    role = make_role(user=once, unit=blue, name="coordinator")
    role.ends_at = at("08:00", days=-300)
    role.save()

    assert bare_accounts.propose(at=at("10:00", days=1)) == 0
    assert bare_accounts.close_due(at=at("10:01", days=15)) == 0
    assert User.objects.filter(pk__in=[bare.pk, once.pk, wang.pk, lin.person.user_id], is_active=True).count() == 4


def test_the_clock_does_all_of_it(bare, blue, now_is):
    person = applied(blue, days_ago=200)
    now_is(NOW)
    assert jobs.end_of_retention(timestamp=0) == (2, 0)
    now_is(at("10:01", days=15))

    assert jobs.end_of_retention(timestamp=0) == (0, 2)
    assert is_forgotten(person)


def test_its_owner_takes_a_copy_and_closes_it_at_once(bare, bureau, now_is):
    now_is(NOW)
    client = sign_in(Client(), bare, second_factor=False)

    assert "/me/data/" in client.get("/me/").content.decode()
    assert "下载我的资料" in client.get("/me/data/").content.decode()
    with zipfile.ZipFile(io.BytesIO(client.post("/me/data/copy/").content)) as archive:
        sections = json.loads(archive.read("data.json"))["sections"]
    assert sections["account"]["rows"][0]["phone"] == "13912345678"
    assert "注销这个账号" in client.get("/me/erase/").content.decode()
    answer = client.post("/me/erase/")

    assert answer["Location"] == "/sign-in/"
    assert client.get("/me/data/").status_code == 302, "signed out"
    assert accounts.by_phone("13912345678") is None
    assert Entry.objects.filter(verb="closed_account_of_user", actor_code=bare.code).exists()


def test_whoever_has_duties_hands_them_over_first(wang, now_is):
    now_is(NOW)

    page = sign_in(Client(), wang).get("/me/erase/").content.decode()

    assert "注销这个账号" not in page
    assert "协调员" in page
    with pytest.raises(StillOpen):
        bare_accounts.close(user=wang, by=wang, at=NOW)
