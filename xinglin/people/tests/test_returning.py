"""Suspended until a day: back by the clock, told once; earlier by hand; and never by accident."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at
from xinglin.audit.models import Entry
from xinglin.notices.models import Notice
from xinglin.people import actions
from xinglin.people.errors import ReturnInPast
from xinglin.people.models import Submission, Volunteer
from xinglin.people.vetting import returning, submissions

pytestmark = pytest.mark.django_db
NOW = at("09:00")
NEXT_WEEK = dt.date(2026, 12, 1)


@pytest.fixture
def resting(lin, wang):
    return actions.suspend(volunteer=lin, by=wang, reason="休养", returns_on=NEXT_WEEK, at=NOW)


def test_on_the_day_somebody_is_back_and_hears_of_it_once(resting):
    early = returning.turn(at=at("23:59", days=6))
    on_the_day = returning.turn(at=at("00:03", days=7))
    again = returning.turn(at=at("01:03", days=7))

    resting.refresh_from_db()
    assert (early, on_the_day, again) == (0, 1, 0)
    assert (resting.state, resting.state_reason, resting.returns_on) == ("active", "", None)
    told = Notice.objects.filter(user=resting.person.user).order_by("pk")
    assert [one.kind for one in told] == ["suspended", "suspension_over"]
    assert Entry.objects.filter(verb="resumed_volunteer", actor_code="").count() == 1


def test_the_end_of_a_suspension_lies_after_today(lin, wang):
    with pytest.raises(ReturnInPast):
        actions.suspend(volunteer=lin, by=wang, reason="休养", returns_on=NOW.date(), at=NOW)

    assert Volunteer.objects.get(pk=lin.pk).state == "active"


def test_who_came_back_earlier_and_was_suspended_anew_without_a_day_stays_so(resting, wang):
    actions.resume(volunteer=resting, by=wang, at=at("09:00", days=1))
    actions.suspend(volunteer=resting, by=wang, reason="再休养", at=at("09:00", days=2))

    assert returning.turn(at=at("09:00", days=30)) == 0
    assert Volunteer.objects.get(pk=resting.pk).state == "suspended"


def test_a_wish_to_be_back_earlier_waits_no_longer_once_the_day_has_come(resting):
    submissions.ask_to_return(volunteer=resting, note="", at=NOW)

    returning.turn(at=at("09:00", days=7))

    assert Submission.objects.get().state == "withdrawn"


def test_a_wish_to_be_back_earlier_is_granted_as_ever(resting, zhao):
    asked = submissions.ask_to_return(volunteer=resting, note="", at=NOW)

    submissions.accept(submission=asked, by=zhao, at=NOW)

    resting.refresh_from_db()
    assert (resting.state, resting.returns_on) == ("active", None)


def test_the_desk_sets_the_day_and_both_sides_read_it(client, sign_in, wang, lin, now_is):
    now_is(NOW)
    sign_in(client, wang)
    address = reverse("people:suspend", args=[lin.number])

    past = client.post(address, {"reason": "休养", "returns_on": "2026-11-24"})
    client.post(address, {"reason": "休养", "returns_on": "2026-12-01"})

    at_the_desk = client.get(reverse("people:volunteer", args=[lin.number])).text
    sign_in(client, lin.person.user)
    own = [
        client.get(reverse(name)).text for name in ("people:me", "people:gates", "people:ask_to_return", "home:home")
    ]
    assert (past.status_code, "恢复的日子要在今天以后" in past.text) == (422, True)
    assert "自动恢复" in at_the_desk
    assert all("自动恢复，不用办什么" in page for page in own)
