"""Which kinds of service an activity is: said when it is planned, kept by later shifts, changed on purpose."""

from __future__ import annotations

import pytest

from conftest import at
from xinglin.activities import planning
from xinglin.activities.models import Activity
from xinglin.activities.tests.factories import make_shift
from xinglin.activities.tests.test_actions import plan
from xinglin.activities.tests.test_views import new_shift, text, url
from xinglin.audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_wang(client, sign_in, wang, now_is):
    now_is(at("08:00"))
    return sign_in(client, wang)


def test_one_more_shift_takes_no_gate_away_from_those_that_stand(blue, wang):
    saturday = planning.plan_shift(plan=plan(blue, kinds_of_service=["child_care"]), actor=wang, at=at("08:00"))
    sunday = {"starts_at": at("08:00", days=1), "ends_at": at("11:00", days=1)}
    monday = {"starts_at": at("08:00", days=2), "ends_at": at("11:00", days=2)}

    planning.plan_shift(plan=plan(blue, **sunday), actor=wang, at=at("09:00"))
    planning.plan_shift(plan=plan(blue, kinds_of_service=["wards"], **monday), actor=wang, at=at("09:00"))

    saturday.activity.refresh_from_db()
    assert saturday.activity.kinds_of_service == ["wards", "child_care"]
    changed = Entry.objects.filter(verb="set_kinds").values_list("facts__before", "facts__after")
    assert list(changed) == [(["child_care"], ["wards", "child_care"])]
    planned = Entry.objects.filter(verb="planned_shift").order_by("pk").values_list("facts__kinds", flat=True)
    assert list(planned) == [["child_care"], ["child_care"], ["wards", "child_care"]]


def test_the_kinds_of_an_activity_are_changed_on_purpose_and_the_trail_says_from_what(blue, wang):
    shift = planning.plan_shift(plan=plan(blue, kinds_of_service=["child_care"]), actor=wang, at=at("08:00"))

    planning.set_kinds(shift=shift, kinds=["dangerous", "wards"], by=wang, at=at("08:10"))
    planning.set_kinds(shift=shift, kinds=["wards", "dangerous"], by=wang, at=at("08:11"))  # the same again

    shift.activity.refresh_from_db()
    assert shift.activity.kinds_of_service == ["wards", "dangerous"]
    entry = Entry.objects.get(verb="set_kinds")
    assert (entry.facts["before"], entry.facts["after"]) == (["child_care"], ["wards", "dangerous"])


def test_what_an_activity_asks_for_is_changed_at_the_desk(as_wang, blue):
    shift = make_shift(unit=blue, starts_at=at("14:00"), kinds_of_service=["child_care"])

    before = as_wang.get(url("desk_shift", shift.code)).content.decode()
    answer = as_wang.post(url("set_kinds", shift.code), {"kinds_of_service": ["wards"]}, follow=True)
    strange = as_wang.post(url("set_kinds", shift.code), {"kinds_of_service": ["flying"]})

    assert "现在报名的人要办好：签服务协议、无犯罪记录" in before
    assert "现在报名的人要办好：签服务协议、健康证明" in text(answer)
    assert Activity.objects.get().kinds_of_service == ["wards"]
    assert strange.status_code == 422


def test_whoever_adds_a_shift_reads_what_the_activity_asked_for_already(as_wang, blue):
    make_shift(
        unit=blue, name="儿童病房陪伴", place_name=new_shift(blue)["place_name"], kinds_of_service=["child_care"]
    )

    answer = as_wang.post(url("new"), new_shift(blue, name="儿童病房陪伴"), follow=True)

    assert "原来就是“照看儿童”" in text(answer)
    assert Activity.objects.get().kinds_of_service == ["child_care"]
