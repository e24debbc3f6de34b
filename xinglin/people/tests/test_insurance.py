"""Contracts cover people on their days, in bulk, once; who is not covered that day does not go into danger."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.people.models import Insured
from xinglin.people.tests.factories import make_insurance
from xinglin.people.vetting import errors, gates, insurance

pytestmark = pytest.mark.django_db
NOW = at("08:00")
TODAY = dt.date(2026, 11, 24)


def covered(volunteer, day):
    return gates.hurdles(volunteer, ["insurance"], on=day, at=NOW) == ()


def test_a_contract_covers_from_its_first_day_to_its_last(blue, lin, wang):
    days = {"starts_on": TODAY + dt.timedelta(days=1), "ends_on": TODAY + dt.timedelta(days=3)}
    make_insurance(blue, by=wang, at=NOW, covers=[lin], **days)

    assert [covered(lin, TODAY + dt.timedelta(days=n)) for n in range(5)] == [False, True, True, True, False]


def test_a_unit_is_covered_in_one_go_with_all_below_it_and_twice_is_once(hospital, blue, lin, wang):
    member(name="何苗", number="V000002", phone="13800000002", unit=blue)
    contract = make_insurance(hospital, by=wang, at=NOW)

    first = insurance.cover_unit(insurance=contract, unit=hospital, by=wang, at=NOW)
    again = insurance.cover_unit(insurance=contract, unit=hospital, by=wang, at=NOW)

    assert (first, again) == (2, 0)
    assert Insured.objects.count() == 2


def test_pasted_numbers_of_nobody_here_are_named(blue, lin, wang):
    contract = make_insurance(blue, by=wang, at=NOW)

    count, unknown = insurance.cover_numbers(insurance=contract, typed=f"{lin.number}，V999999\n", by=wang, at=NOW)

    assert (count, unknown) == (1, ["V999999"])
    with pytest.raises(errors.NumbersMissing):
        insurance.cover_numbers(insurance=contract, typed=" ", by=wang, at=NOW)


def test_whoever_is_taken_off_is_covered_until_today(blue, lin, wang):
    contract = make_insurance(blue, by=wang, at=NOW, covers=[lin])

    insurance.uncover(insurance=contract, volunteer=lin, by=wang, at=NOW)

    assert covered(lin, TODAY)
    assert not covered(lin, TODAY + dt.timedelta(days=1))
    with pytest.raises(errors.NotCovered):
        insurance.uncover(insurance=contract, volunteer=lin, by=wang, at=NOW)


def test_whoever_is_taken_off_a_contract_that_has_ended_gets_no_more_days_by_it(blue, lin, wang):
    contract = make_insurance(blue, by=wang, at=NOW, covers=[lin], ends_on=TODAY)

    insurance.uncover(insurance=contract, volunteer=lin, by=wang, at=at("08:00", days=30))

    assert Insured.objects.get().until == TODAY
    assert not covered(lin, TODAY + dt.timedelta(days=5))


def test_a_contract_makes_sense_and_stands_once(blue, wang):
    yesterday = TODAY - dt.timedelta(days=1)

    with pytest.raises(errors.InsuranceEndsFirst):
        make_insurance(blue, by=wang, at=NOW, ends_on=yesterday)
    with pytest.raises(errors.InsuranceIsOver):
        make_insurance(blue, by=wang, at=NOW, starts_on=yesterday, ends_on=yesterday)
    make_insurance(blue, by=wang, at=NOW)
    with pytest.raises(errors.InsuranceKnown):
        make_insurance(blue, by=wang, at=NOW)


def test_the_desk_counts_who_goes_uncovered_and_warns_of_what_ends(blue, lin, wang, client, now_is):
    now_is(NOW)
    contract = make_insurance(blue, by=wang, at=NOW)
    sign_in(client, wang)

    before = client.get(reverse("people:insurance")).content.decode()
    client.post(reverse("people:insurance_of", args=[contract.code]), {"unit": blue.code})
    page = client.get(reverse("people:insurance_of", args=[contract.code])).content.decode()
    after = client.get(reverse("people:insurance")).content.decode()

    assert "1 位在岗的人今天没有保险" in before
    assert "快到期" in before
    assert lin.number in page
    assert "在岗的人今天都有保险" in after


def test_what_runs_out_soon_is_told_unless_it_was_renewed(lin, zhao):
    gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=TODAY + dt.timedelta(days=9), at=NOW)

    soon = gates.expiring(lin, gates.OF_PAPERS, days=30, at=NOW)
    gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=TODAY + dt.timedelta(days=99), at=NOW)

    assert [one.gate for one in soon] == ["health"]
    assert gates.expiring(lin, gates.OF_PAPERS, days=30, at=NOW) == []


def test_the_page_asks_no_more_for_many_contracts(client, hospital, blue, wang, now_is):
    now_is(NOW)
    sign_in(client, wang)
    address = reverse("people:insurance")
    make_insurance(blue, by=wang, at=NOW)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(5):
        make_insurance(hospital if number % 2 else blue, by=wang, at=NOW, number=f"P{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)
