"""A letter asks to be forgotten: staff finds whoever applied or left, and asks for them; nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.office import erasing
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Application, Erasure, Membership, Person, Volunteer
from xinglin.people.tests.factories import make_application, make_person, make_staff, make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("10:00")
LETTER = {"paper": "11月20日的来信"}


@pytest.fixture
def refused(blue: Any, wang: Any) -> Application:
    person = make_person(name="沈佳佳")
    facts = {"state": "refused", "reason": "名额满了", "decided_by": wang, "decided_at": NOW}
    return make_application(unit=blue, person=person, submitted_at=NOW, **facts)


@pytest.fixture
def left(blue: Any) -> Volunteer:
    volunteer = make_volunteer(unit=blue, name="邵长青", state="left")
    volunteer.memberships.update(left_on=NOW.date())
    return volunteer


def test_an_applicant_is_found_by_the_whole_name_and_asked_for(refused, wang, hospital, now_is):
    now_is(NOW)
    desk = sign_in(Client(), wang)
    address = f"/desk/applications/{refused.code}/erase/"

    found = desk.get("/desk/erasures/?q=沈佳佳").content.decode()
    half = desk.get("/desk/erasures/?q=沈佳").content.decode()
    page = desk.get(f"/desk/applications/{refused.code}/").content.decode()
    desk.post(address, LETTER)

    assert address in found
    assert address in page
    assert address not in half
    erasure = Erasure.objects.get()
    assert (erasure.person, erasure.paper, erasure.asked_by) == (refused.person, "11月20日的来信", wang)
    second = make_staff(unit=hospital)
    erasing.carry_out(erasure=erasure, by=second, at=at("10:00", days=20))
    gone = Person.objects.get(pk=refused.person.pk)
    assert (gone.erased_at is not None, gone.born_on, gone.township, bytes(gone.id_sealed)) == (True, None, "", b"")
    assert desk.get(address).status_code == 404, "there is nobody any more"


def test_whoever_has_left_is_asked_for_where_they_were_last(left, wang, now_is):
    now_is(NOW)
    desk, address = sign_in(Client(), wang), f"/desk/people/{left.number}/erase/"

    assert address in desk.get("/desk/erasures/?q=邵长青").content.decode()
    assert address in desk.get(f"/desk/people/{left.number}/").content.decode()
    assert desk.post(address, LETTER).status_code == 302

    assert Erasure.objects.get().person == left.person


def test_another_house_finds_neither_and_a_new_house_is_asked_first(refused, left, bureau, wang, now_is):
    now_is(NOW)
    elsewhere = make_unit(parent=bureau, kind="hospital", name="人民医院")
    other = sign_in(Client(), make_staff(unit=elsewhere))
    addresses = [f"/desk/applications/{refused.code}/erase/", f"/desk/people/{left.number}/erase/"]

    assert [other.get(address).status_code for address in addresses] == [404, 404]
    assert "邵长青" not in other.get("/desk/erasures/?q=邵长青").content.decode().replace('value="邵长青"', "")
    Membership.objects.create(volunteer=left, unit=elsewhere, joined_on=NOW.date())
    assert sign_in(Client(), wang).get(addresses[1]).status_code == 404, "they belong to others now"
    assert other.get(addresses[1]).status_code == 200


def test_without_the_letter_nothing_is_asked(refused, wang, now_is):
    now_is(NOW)

    answer = sign_in(Client(), wang).post(f"/desk/applications/{refused.code}/erase/", {"paper": ""})

    assert answer.status_code == 422
    assert not Erasure.objects.exists()
