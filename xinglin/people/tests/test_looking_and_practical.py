"""A number in full needs a reason that its owner can read. Practical data: sealed where it matters, and listed."""

from __future__ import annotations

import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.accounts.errors import BadPhone
from xinglin.audit.models import Entry
from xinglin.organisation.errors import MayNot
from xinglin.people import looking, practical
from xinglin.people.errors import ContactIncomplete, LookingReasonNeeded, NotAboutOneself, NumberNotKnown
from xinglin.people.models import Practical
from xinglin.people.practical import Known

pytestmark = pytest.mark.django_db
NOW = at("10:00")
DAD = Known("L", "林父", "139 0000 0055", takes_meal=True, note="左撇子")


# Looking -----------------------------------------------------------------------------------------------------------


def test_a_reason_opens_the_number_and_leaves_a_trace_without_it(lin, wang):
    number = looking.look(person=lin.person, what="phone", reason="改了地点要打电话", by=wang, at=NOW)

    entry = Entry.objects.get(verb="saw_number")
    assert number == "13800000001"
    assert (entry.reason, entry.facts) == ("改了地点要打电话", {"what": "phone"})
    assert [(look.who, look.what) for look in looking.looks_at(lin.person)] == [("王敏", "phone")]


def test_without_a_reason_there_is_no_number(lin, wang):
    with pytest.raises(LookingReasonNeeded):
        looking.look(person=lin.person, what="document", reason="  ", by=wang, at=NOW)
    assert not Entry.objects.filter(verb="saw_number").exists()


def test_what_is_typed_into_the_reason_never_brings_a_number_or_the_name_into_the_trail(lin, wang):
    looking.look(person=lin.person, what="document", reason="核对林晓的330381199005170014", by=wang, at=NOW)

    assert Entry.objects.get(verb="saw_number").reason == "核对本人的…"


def test_whoever_may_not_and_oneself_see_nothing(lin, zhao, wang):
    with pytest.raises(MayNot):
        looking.look(person=lin.person, what="phone", reason="想看", by=zhao, at=NOW)
    with pytest.raises(NumberNotKnown):
        looking.look(person=lin.person, what="contact", reason="急事", by=wang, at=NOW)
    lin.person.user = wang
    with pytest.raises(NotAboutOneself):
        looking.look(person=lin.person, what="phone", reason="自己的", by=wang, at=NOW)


def test_the_page_shows_it_on_the_answer_to_one_press_only(lin, wang, now_is):
    now_is(NOW)
    client = sign_in(Client(), wang)

    shown = client.post("/desk/people/V000001/look/", {"what": "phone", "reason": "改了地点"})
    again = client.get("/desk/people/V000001/look/")
    refused = client.post("/desk/people/V000001/look/", {"what": "phone", "reason": ""})

    assert "13800000001" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert "13800000001" not in again.content.decode()
    assert refused.status_code == 422


# Practical data ----------------------------------------------------------------------------------------------------


def test_the_contact_is_sealed_and_the_trail_does_not_say_who(lin):
    practical.change(person=lin.person, known=DAD, by=lin.person.user, at=NOW)

    row = Practical.objects.get()
    assert practical.of(lin.person).emergency_phone == "13900000055"
    assert "林父".encode() not in bytes(row.emergency_sealed)
    assert Entry.objects.get(verb="changed_practical_data").facts == {"on_behalf": False}


def test_half_a_contact_and_a_wrong_phone_are_refused(lin):
    with pytest.raises(ContactIncomplete):
        practical.change(person=lin.person, known=Known(emergency_name="林父"), by=lin.person.user, at=NOW)
    with pytest.raises(BadPhone):
        practical.change(person=lin.person, known=Known("", "林父", "12"), by=lin.person.user, at=NOW)


def test_staff_who_leaves_the_contact_empty_keeps_it(lin, wang):
    practical.change(person=lin.person, known=DAD, by=lin.person.user, at=NOW)

    practical.change(person=lin.person, known=Known("XL"), by=wang, at=NOW)

    known = practical.of(lin.person)
    assert (known.vest, known.emergency_name) == ("XL", "林父")


def test_a_wrong_contact_loses_nothing_that_was_typed(lin, now_is):
    now_is(NOW)
    client = sign_in(Client(), lin.person.user, second_factor=False)

    answer = client.post("/me/practical/", {"vest": "M", "emergency_name": "林父", "emergency_phone": "139"})

    assert answer.status_code == 422
    assert "林父" in answer.content.decode()


def test_the_coordinators_list_counts_vests_meals_and_fares_and_shows_no_phone(lin, wang, now_is):
    now_is(NOW)
    practical.change(person=lin.person, known=DAD, by=lin.person.user, at=NOW)

    page = sign_in(Client(), wang).get("/desk/people/practical/").content.decode()

    for word in ("林晓", "用餐 1 人", "L 1", "尾号 0055", "左撇子"):
        assert word in page
    assert "13900000055" not in page
    assert "林父" not in page
