"""What ends soon: told once a stage, stopped by renewal, listed for whoever reviews."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at
from xinglin.notices.models import Notice
from xinglin.organisation.models import Policy
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Qualification, Volunteer
from xinglin.people.tests.factories import make_insurance, make_volunteer
from xinglin.people.vetting import expiring, gates, insurance, rules

NOW = at("08:35")
TODAY = NOW.date()
STAGES = [60, 30, 7]


def days(number):
    return TODAY + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("left", "stage"), [(61, None), (60, 60), (31, 60), (30, 30), (7, 7), (0, 7), (-1, 0), (-30, 0), (-31, None)]
)
def test_the_nearest_stage_that_was_reached_is_told(left, stage):
    assert rules.stage(days(left), on=TODAY, stages=STAGES) == stage


def test_a_unit_that_tells_nobody_tells_nobody_afterwards_either():
    assert rules.stage(days(-1), on=TODAY, stages=[]) is None


@pytest.fixture
def passes(zhao):
    """`passes(lin, "health", until=…)`: a gate with a last day."""

    def _passes(volunteer, kind="health", *, until, when=NOW):
        return gates.open_gate(volunteer=volunteer, kind=kind, by=zhao, valid_until=until, at=when)

    return _passes


def told(volunteer):
    return list(Notice.objects.filter(user=volunteer.person.user).order_by("pk").values_list("kind", flat=True))


@pytest.mark.django_db
def test_each_stage_is_told_once_however_often_the_job_runs(lin, passes):
    passes(lin, until=days(40))

    runs = [expiring.tell(at=at("08:35", days=day)) for day in (0, 0, 1, 12, 33, 41, 41, 60, 71)]

    assert runs == [1, 0, 0, 1, 1, 1, 0, 0, 0]
    assert told(lin) == ["gate_expiring"] * 3 + ["gate_expired"]


@pytest.mark.django_db
def test_a_renewed_paper_is_told_of_no_more(lin, passes):
    passes(lin, until=days(40))
    expiring.tell(at=NOW)

    passes(lin, until=days(365), when=at("09:00", days=1))

    assert [expiring.tell(at=at("08:35", days=day)) for day in (12, 33, 41)] == [0, 0, 0]


@pytest.mark.django_db
def test_only_who_is_on_duty_hears_and_the_unit_says_on_which_days(lin, blue, passes):
    other = make_volunteer(unit=blue, name="陈一")
    passes(other, until=days(5))
    passes(lin, until=days(5))
    Volunteer.objects.filter(pk=other.pk).update(state=Volunteer.State.SUSPENDED)
    Policy.objects.create(unit=blue, name="expiry_stages", value=["3"], starts_at=NOW)

    assert [expiring.tell(at=at("08:36", days=day)) for day in (0, 2)] == [0, 1]
    assert told(other) == []


@pytest.mark.django_db
def test_a_licence_is_told_by_its_listed_name_and_not_where_a_higher_one_lasts_longer(lin, zhao, blue):
    facts = {"checked_by": zhao, "checked_at": NOW, "valid_until": days(20)}
    other = make_volunteer(unit=blue, name="陈一")
    Qualification.objects.create(volunteer=lin, kind="主管护师", **facts)
    Qualification.objects.create(volunteer=lin, kind="林晓的证", **facts)
    Qualification.objects.create(volunteer=other, kind="护师", **facts)
    Qualification.objects.create(volunteer=other, kind="主管护师", **facts | {"valid_until": None})

    expiring.tell(at=NOW)

    said = [one.values["paper"] for one in Notice.objects.filter(user=lin.person.user).order_by("pk")]
    assert said == ["主管护师", "证书"]
    assert told(other) == []


@pytest.mark.django_db
def test_a_cover_is_told_unless_another_contract_goes_on(lin, wang, blue, hospital):
    other = make_volunteer(unit=blue, name="陈一")
    ending = make_insurance(hospital, by=wang, at=NOW, starts_on=days(-300), ends_on=days(6))
    lasting = make_insurance(hospital, by=wang, at=NOW, number="2", starts_on=days(0), ends_on=days(365))
    insurance.cover_unit(insurance=ending, unit=blue, by=wang, at=NOW)
    insurance.cover_numbers(insurance=lasting, typed=other.number, by=wang, at=NOW)

    runs = [expiring.tell(at=at("08:35", days=day)) for day in (0, 7, 7)]

    assert runs == [1, 1, 0]
    assert told(lin) == ["cover_expiring", "cover_expired"]


@pytest.mark.django_db
def test_a_batch_costs_the_same_for_many_as_for_few(blue, passes, django_assert_max_num_queries):
    for number in range(12):
        passes(make_volunteer(unit=blue, name=f"志愿者{number}"), until=days(5))

    with django_assert_max_num_queries(22):
        assert expiring.tell(at=NOW) == 12


# The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_reviewer_sees_what_ends_in_their_own_house(client, sign_in, lin, zhao, passes, now_is, wang, blue):
    now_is(NOW)
    away = make_volunteer(unit=make_unit(name="别处"), name="外人")
    passes(lin, until=days(40))
    passes(away, until=days(40))
    Qualification.objects.create(volunteer=lin, kind="急救员", checked_by=wang, checked_at=NOW, valid_until=days(-3))
    make_insurance(blue, by=wang, at=NOW, starts_on=days(-300), ends_on=days(20))

    page = sign_in(client, zhao).get(reverse("people:expiring")).text
    soon = client.get(reverse("people:expiring") + "?days=30").text

    assert all(word in page for word in (lin.number, "健康证明", "急救员", "人保", "已过期"))
    assert away.number not in page
    assert "健康证明" not in soon.split("<tbody>", 1)[1]


@pytest.mark.django_db
def test_the_list_takes_few_queries(client, sign_in, zhao, blue, passes, now_is, django_assert_max_num_queries):
    now_is(NOW)
    for number in range(15):
        passes(make_volunteer(unit=blue, name=f"志愿者{number}"), until=days(5))
    sign_in(client, zhao)

    with django_assert_max_num_queries(25):
        page = client.get(reverse("people:expiring"))

    assert page.text.count("健康证明") >= 15
