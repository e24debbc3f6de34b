"""What would change for whom: the same reckoning as for real, and nothing is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from conftest import at, member, staff
from xinglin.hours.tests.factories import make_record
from xinglin.organisation import previews
from xinglin.organisation.models import Policy
from xinglin.organisation.previews import Change, Question
from xinglin.people import relations
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def he(blue) -> Any:
    return member(name="何苗", number="V000002", phone="13800000002", unit=blue)


def look(unit: Any, name: str, value: Any) -> previews.Preview:
    found = previews.of(Question(name, unit, value, at("12:00")))
    assert found is not None
    return found


def test_a_rate_is_worked_out_for_the_last_records(hospital, blue, lin, he):
    make_record(person=lin.person, unit=blue, minutes=45, category="0018", starts_at=at("09:00", days=-1))
    make_record(person=lin.person, unit=blue, minutes=45, category="0018", starts_at=at("09:00", days=-2))
    make_record(person=he.person, unit=blue, minutes=60, category="0004", starts_at=at("09:00", days=-1))
    make_record(person=he.person, unit=blue, minutes=60, category="0018", starts_at=at("09:00", days=-40))

    found = look(hospital, "credit_rates", {"0018": 50})

    assert found.looked_at == 2
    assert found.changes == [Change("V000001", 90, 45)]


def test_provenance_and_daily_limit_too(hospital, blue, lin):
    make_record(person=lin.person, unit=blue, minutes=90, provenance="leader", starts_at=at("09:00", days=-1))

    assert look(hospital, "credited_provenance", ["code"]).changes == [Change("V000001", 90, 0)]
    assert look(hospital, "daily_credit_minutes", 60).changes == [Change("V000001", 90, 60)]
    assert look(hospital, "daily_credit_minutes", 90).changes == []


def test_branches_with_a_version_of_their_own_are_left_out(hospital, blue, lin):
    make_record(person=lin.person, unit=blue, minutes=90, starts_at=at("09:00", days=-1))
    Policy.objects.create(unit=blue, name="daily_credit_minutes", value=0, starts_at=at("00:00", days=-2))

    assert look(hospital, "daily_credit_minutes", 60).looked_at == 0


def test_a_cap_names_those_above_it(hospital, lin, he):
    credit(lin.person, 130)
    credit(he.person, 50)

    assert look(hospital, "holding_cap_hours", 1).changes == [Change("V000001", 130, 60)]
    assert look(hospital, "holding_cap_hours", 0).changes == []


def test_an_age_names_those_who_could_no_longer_use_their_minutes(hospital, lin, he, wang):
    for one in (lin, he):
        credit(one.person, 60)
    he.person.born_on = dt.date(1950, 1, 1)
    he.person.save()

    assert look(hospital, "spending_age", 65).changes == [Change("V000001", 60, 0)]
    relations.decide_hardship(person=lin.person, paper="低保证", until=dt.date(2027, 1, 1), by=wang, at=at("09:00"))
    assert look(hospital, "spending_age", 65).changes == []


def test_the_examples_are_the_ten_for_whom_it_changes_most():
    before = {f"V{number:02d}": 100 for number in range(12)}
    after = {f"V{number:02d}": 100 - number for number in range(12)}

    found = previews.preview_of(before, after, counted="")

    assert (found.persons, found.before_minutes - found.after_minutes) == (11, 66)
    assert [one.number for one in found.examples] == [f"V{number:02d}" for number in range(11, 1, -1)]


def test_the_page_shows_it_before_anything_is_set(client, sign_in, bureau, hospital, blue, lin, now_is):
    now_is(at("12:00"))
    make_record(person=lin.person, unit=blue, minutes=90, starts_at=at("09:00", days=-1))
    sign_in(client, staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau))

    page = client.post(reverse("organisation:policy", args=[hospital.code, "daily_credit_minutes"]), {"value": "60"})

    assert "看了 1 人，其中 1 人会不一样" in page.text
    assert "V000001" in page.text
    assert "林晓" not in page.text
    assert not Policy.objects.exists()
