"""The agreement is signed by typing, and by drawing if one likes; each side has its copy."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from conftest import at, member, sign_in
from xinglin.audit.models import Entry
from xinglin.people.tests.factories import make_text
from xinglin.people.vetting import rules, signing

NOW = at("08:00")
DRAWN = json.dumps([[[10, 10], [500, 200], [990, 390]], [[0, 0], [1000, 400]]])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "no drawing",
        "{}",
        "[1]",
        "[[]]",
        "[[[1,2]]]",
        "[[[1,2],[1,401]]]",
        "[[[1,2],[-1,2]]]",
        "[[[1,2],[true,2]]]",
        "[[[1,2],[1.5,2]]]",
        "[[[1,2,3],[1,2,3]]]",
        "[[[0,0],[1,1]]]" + " " * rules.MOST_DRAWN,
    ],
)
def test_whatever_is_no_drawing_is_an_empty_one(typed):
    assert rules.strokes(typed) == []


def test_a_drawing_is_read_as_it_was_drawn():
    assert rules.strokes(DRAWN) == json.loads(DRAWN)


@pytest.fixture
def unsigned(blue):
    volunteer = member(name="何苗", number="V000002", phone="13800000002", unit=blue)
    volunteer.agreements.all().delete()
    make_text("agreement")
    return volunteer


@pytest.mark.django_db
def test_a_drawn_signature_is_sealed_and_a_later_one_changes_nothing(unsigned):
    signed = signing.sign(volunteer=unsigned, drawing=DRAWN, name="何苗", at=NOW)

    again = signing.sign(volunteer=unsigned, drawing="[[[0,0],[1,1]]]", name="何苗", at=at("09:00"))

    assert b"990" not in bytes(signed.drawing_sealed)
    assert signing.drawing_of(again) == json.loads(DRAWN)


@pytest.mark.django_db
def test_a_typed_name_alone_is_a_signature(unsigned):
    signed = signing.sign(volunteer=unsigned, drawing="", name="何苗", at=NOW)

    assert signing.drawing_of(signed) == []
    assert signing.as_pdf(signed, by=unsigned.person.user, at=NOW).startswith(b"%PDF-")


@pytest.mark.django_db
def test_both_sides_take_their_copy_and_the_trail_says_so(unsigned, zhao, client, now_is):
    now_is(NOW)
    signing.sign(volunteer=unsigned, drawing=DRAWN, name="何苗", at=NOW)

    mine = sign_in(client, unsigned.person.user).get(reverse("people:agreement_pdf"))
    ours = sign_in(client, zhao).get(reverse("people:agreement_copy", args=[unsigned.number]))

    assert mine.content.startswith(b"%PDF-")
    assert ours["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(verb="took_agreement_copy").count() == 2
