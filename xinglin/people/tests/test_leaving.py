"""Leaving volunteering: what ends with it, and what the trail says."""

from __future__ import annotations

import pytest

from xinglin.audit.models import Entry
from xinglin.organisation.models import Role
from xinglin.organisation.tests.factories import make_role
from xinglin.people import leaving
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db


def test_a_captain_who_leaves_lays_the_role_down_and_the_trail_says_so(blue, at):
    captain = make_volunteer(unit=blue, name="王强")
    user = captain.person.user
    make_role(user=user, unit=blue, name="team_leader")

    for _twice in range(2):
        leaving.leave(volunteer=captain, reason="搬家", at=at("09:00"))

    ended = Entry.objects.filter(verb="ended_role", facts__role="team_leader")
    assert [(entry.actor_code, entry.facts["user"]) for entry in ended] == [(user.code, user.code)]
    assert not Role.objects.filter(user=user, ends_at__isnull=True).exists()
