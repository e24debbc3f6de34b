"""Shared training: where a passed exam counts, who honours it, and what ends with an honour."""

from __future__ import annotations

import pytest
from django.urls import reverse

from conftest import at
from xinglin.activities import actions as activities
from xinglin.activities import errors as refusals
from xinglin.activities.tests.factories import make_shift
from xinglin.audit.models import Entry
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Exam, Honour
from xinglin.people.tests.factories import make_staff
from xinglin.people.vetting import errors, exams, gates, honouring, rules
from xinglin.people.vetting import unit as unit_of_vetting

NOW = at("08:00")


@pytest.mark.parametrize(
    ("passed_at", "asked_at", "is_own"),
    [
        ("00010002", "00010002", True),
        ("0001", "00010002", True),
        ("00010002", "0001", True),
        ("00010002", "00010003", False),
    ],
)
def test_one_line_leads_up_and_down_and_not_across(passed_at, asked_at, is_own):
    assert rules.is_own_line(passed_at, asked_at) is is_own


@pytest.fixture
def other(association):
    """塘下人民医院 beside the hospital of the cast."""
    return make_unit(parent=association, name="塘下人民医院", kind="hospital")


@pytest.fixture
def coordinator_of():
    return lambda unit: make_staff(unit=unit, name="对面的协调员")


def train(volunteer, unit=None, *, when=NOW):
    exam = exams.begin(volunteer=volunteer, unit=unit, at=when)
    return exams.hand_in(exam=exam, answers=[one.right for one in exams.questions_of(exam)], at=when)


def is_trained(volunteer, unit, *, when=NOW):
    return gates.hurdles(volunteer, ["training"], on=when.date(), at=when, unit=unit) == ()


@pytest.mark.django_db
def test_a_training_counts_in_its_house_above_and_below_and_nowhere_else(lin, blue, hospital, bureau, other):
    red = make_unit(parent=hospital, name="红队")
    train(lin)

    counts = {unit.name: is_trained(lin, unit) for unit in (blue, hospital, bureau, red, other)}

    assert counts == {blue.name: True, hospital.name: True, bureau.name: True, "红队": True, "塘下人民医院": False}


@pytest.mark.django_db
def test_what_a_parent_trained_counts_in_every_house_below(lin, association, other, blue):
    train(lin, association)

    assert is_trained(lin, other)
    assert is_trained(lin, blue)


@pytest.mark.django_db
def test_another_house_honours_it_from_a_day_on_and_stops_at_once(lin, hospital, other, coordinator_of):
    train(lin)
    by = coordinator_of(other)
    honour = honouring.honour(unit=other, of_unit=hospital, by=by, at=NOW)
    honoured = gates.passed(lin, ["training"], at=NOW, unit=other)

    honouring.end(honour=honour, by=by, at=at("09:00"))
    honouring.end(honour=honour, by=by, at=at("10:00"))

    assert [one.where for one in honoured] == ["瑞安市人民医院"]
    assert not is_trained(lin, other)
    assert Honour.objects.get().ended_at == at("09:00")
    verbs = Entry.objects.filter(thing=f"unit:{other.code}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["honoured_training", "stopped_honouring_training"]


@pytest.mark.django_db
def test_a_unit_honours_another_once_and_its_own_line_needs_none(hospital, blue, other, coordinator_of):
    by = coordinator_of(other)
    honouring.honour(unit=other, of_unit=hospital, by=by, at=NOW)

    with pytest.raises(errors.HonouredAlready):
        honouring.honour(unit=other, of_unit=hospital, by=by, at=NOW)
    with pytest.raises(errors.HonouredAnyway):
        honouring.honour(unit=hospital, of_unit=blue, by=by, at=NOW)


@pytest.mark.django_db
def test_a_shift_elsewhere_sends_to_the_exam_of_that_house_and_both_trainings_stand(lin, blue, other):
    Policy.objects.create(unit=other, name="gates", value=["review", "training"], starts_at=at("00:00", days=-1))
    shift = make_shift(unit=other, starts_at=at("09:00", days=1))
    train(lin)
    with pytest.raises(refusals.NotTrained) as refused:
        activities.take_shift(volunteer=lin, post=shift.posts.get(), at=NOW)

    train(lin, other, when=at("08:30"))
    taken = activities.take_shift(volunteer=lin, post=shift.posts.get(), at=at("08:40"))

    assert refused.value.next_url == f"{reverse('people:exam')}?unit={other.code}"
    assert taken.state == "taken"
    assert {gate.unit for gate in gates.standing_gates(lin)} == {blue, other}
    assert is_trained(lin, blue)


@pytest.mark.django_db
def test_an_end_touches_no_place_that_was_taken(lin, hospital, other, coordinator_of):
    Policy.objects.create(unit=other, name="gates", value=["review", "training"], starts_at=at("00:00", days=-1))
    shift = make_shift(unit=other, starts_at=at("09:00", days=1))
    later = make_shift(unit=other, starts_at=at("14:00", days=1), name="下午")
    train(lin)
    by = coordinator_of(other)
    honour = honouring.honour(unit=other, of_unit=hospital, by=by, at=NOW)
    signup = activities.take_shift(volunteer=lin, post=shift.posts.get(), at=NOW)

    honouring.end(honour=honour, by=by, at=NOW)

    with pytest.raises(refusals.NotTrained):
        activities.take_shift(volunteer=lin, post=later.posts.get(), at=NOW)
    signup.refresh_from_db()
    assert signup.state == "taken"


@pytest.mark.django_db
def test_a_reviewer_takes_back_the_training_of_their_own_house_alone(lin, zhao, blue, other):
    train(lin)
    train(lin, other)

    gates.shut_gate(volunteer=lin, kind="training", reason="当面问不上来", by=zhao, at=NOW)

    assert [gate.unit for gate in gates.standing_gates(lin)] == [other]


@pytest.mark.django_db
def test_who_takes_over_a_house_honours_its_training(lin, hospital, other, wang):
    train(lin, hospital)

    unit_of_vetting.hand_over(unit=hospital, successor=other, by=wang, at=NOW)

    assert is_trained(lin, other)


@pytest.mark.django_db
def test_the_desk_says_whom_it_honours_and_the_volunteer_reads_it(
    client, sign_in, lin, blue, hospital, other, wang, coordinator_of, now_is
):
    now_is(NOW)
    Policy.objects.create(unit=blue, name="gates", value=["review", "training"], starts_at=at("00:00", days=-1))
    train(lin, other)
    honours = reverse("people:honours")
    sign_in(client, wang)

    own_line = client.post(honours, {"unit": hospital.code, "of_unit": blue.code})
    client.post(honours, {"unit": hospital.code, "of_unit": other.code})
    listed = client.get(honours).text
    foreign = client.post(reverse("people:end_honour", args=[_of(other, hospital, coordinator_of).code]))

    sign_in(client, lin.person.user)
    assert (own_line.status_code, "本来就算" in own_line.text) == (422, True)
    assert "塘下人民医院" in listed
    assert foreign.status_code == 404
    assert "在塘下人民医院通过，本单位认可" in client.get(reverse("people:gates")).text


@pytest.mark.django_db
def test_the_exam_of_another_house_is_begun_from_its_own_page(client, sign_in, lin, other, now_is):
    now_is(NOW)
    sign_in(client, lin.person.user)
    address = reverse("people:exam")

    page = client.get(f"{address}?unit={other.code}").text
    begun = client.post(address, {"unit": other.code})

    assert "塘下人民医院的考试" in page
    assert Exam.objects.get().unit == other
    assert begun.url == f"{address}?unit={other.code}"


def _of(unit, of_unit, coordinator_of):
    return honouring.honour(unit=unit, of_unit=of_unit, by=coordinator_of(unit), at=NOW)
