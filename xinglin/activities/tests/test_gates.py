"""The gates of vetting decide about a shift, on the shift's own day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at
from xinglin.activities import actions as activities
from xinglin.activities import errors
from xinglin.activities.tests.factories import make_shift
from xinglin.organisation.models import Policy
from xinglin.people.models import Qualification
from xinglin.people.vetting import gates, progress

pytestmark = pytest.mark.django_db
NOW = at("08:00")


def ask_for(unit, *wanted):
    Policy.objects.create(unit=unit, name="gates", value=list(wanted), starts_at=at("00:00", days=-1))


def take(shift, volunteer):
    return activities.take_shift(volunteer=volunteer, post=shift.posts.get(), at=NOW)


def test_where_no_unit_has_said_more_a_review_and_the_agreement_are_enough(blue, lin):
    assert gates.needed(blue, at=NOW) == ("review", "agreement")
    assert progress.of(lin, at=NOW).left == 0
    assert take(make_shift(unit=blue), lin).state == "taken"


def test_a_ward_asks_for_health_clearance(blue, lin, zhao):
    shift = make_shift(unit=blue, kinds_of_service=["wards"])

    with pytest.raises(errors.NotVetted) as refused:
        take(shift, lin)
    gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=dt.date(2026, 11, 24), at=NOW)

    assert "健康证明" in refused.value.heading
    assert take(shift, lin).state == "taken"


def test_what_runs_out_before_the_shift_limits_and_does_not_expel(blue, lin, zhao):
    gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=dt.date(2026, 11, 24), at=NOW)
    tomorrow = make_shift(unit=blue, starts_at=at("09:00", days=1), kinds_of_service=["wards"])
    elsewhere = make_shift(unit=blue, starts_at=at("14:00", days=1), name="分诊台")

    with pytest.raises(errors.GateExpired) as refused:
        take(tomorrow, lin)

    assert "2026-11-24" in str(refused.value)
    assert take(elsewhere, lin).state == "taken"


def test_child_care_and_home_visits_ask_for_a_clean_record(blue, lin):
    for kind, starts in (("child_care", "09:00"), ("home_visit", "14:00")):
        with pytest.raises(errors.NotVetted):
            take(make_shift(unit=blue, starts_at=at(starts), kinds_of_service=[kind], name=kind), lin)


def test_danger_refuses_whoever_is_not_covered_whatever_the_policy_says(blue, lin):
    Policy.objects.create(unit=blue, name="gates_dangerous", value=[], starts_at=at("00:00", days=-1))

    with pytest.raises(errors.NotInsured):
        take(make_shift(unit=blue, kinds_of_service=["dangerous"]), lin)


def test_a_unit_may_ask_for_more_and_for_less(blue, lin, zhao):
    ask_for(blue, "papers")
    lin.agreements.all().delete()
    shift = make_shift(unit=blue)

    with pytest.raises(errors.NotVetted):
        take(shift, lin)
    gates.open_gate(volunteer=lin, kind="papers", by=zhao, at=NOW)

    assert take(shift, lin).state == "taken"


def test_the_shift_says_what_it_asks_for(blue, client, now_is):
    now_is(NOW)
    shift = make_shift(unit=blue, kinds_of_service=["wards"])

    page = client.get(reverse("activities:shift", args=[shift.code])).content.decode()

    assert "办好签服务协议、健康证明" in page


def test_a_licence_that_runs_out_before_the_shift_is_told_apart_from_one_that_is_missing(blue, lin, zhao):
    facts = {"volunteer": lin, "checked_by": zhao, "checked_at": NOW}
    Qualification.objects.create(kind="执业医师", valid_until=dt.date(2026, 11, 24), **facts)
    today = make_shift(unit=blue, requires="执业医师", name="义诊")
    tomorrow = make_shift(unit=blue, requires="执业医师", name="义诊", starts_at=at("09:00", days=1), place_name="二楼")
    drivers = make_shift(unit=blue, requires="驾驶员", name="接送", starts_at=at("14:00"))

    with pytest.raises(errors.LicenceExpired):
        take(tomorrow, lin)
    with pytest.raises(errors.LacksAbility):
        take(drivers, lin)

    assert take(today, lin).state == "taken"


def test_a_higher_licence_is_enough_and_an_expired_one_is_named_as_it_is_held(client, blue, lin, zhao, now_is):
    now_is(NOW)
    facts = {"volunteer": lin, "checked_by": zhao, "checked_at": NOW}
    Qualification.objects.create(kind="主管护师", valid_until=dt.date(2026, 11, 24), **facts)
    today = make_shift(unit=blue, requires="护士", name="测血压")
    tomorrow = make_shift(unit=blue, requires="护士", name="测血压", starts_at=at("09:00", days=1), place_name="二楼")
    client.force_login(lin.person.user)

    page = client.get(reverse("activities:shift", args=[today.code])).content.decode()
    with pytest.raises(errors.LicenceExpired) as expired:
        take(tomorrow, lin)

    assert "您的“主管护师”包含“护士”" in page
    assert "主管护师" in expired.value.heading
    assert take(today, lin).state == "taken"
