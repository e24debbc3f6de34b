"""Storing ends: whoever left years ago is proposed to be forgotten, told so, and listed for the staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef

from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import queries as organisation
from xinglin.people import scopes
from xinglin.people.models import Erasure, Volunteer
from xinglin.timebank.reckoning import months_before

MOST_AT_ONCE = 500
NOT_AGAIN_FOR = dt.timedelta(days=365)  # whoever said that they would rather stay is not asked each night


@transaction.atomic
def propose(*, at: dt.datetime, limit: int = MOST_AT_ONCE) -> int:
    """Propose those whose time is over by the policy of their unit; returns how many. Twice is once."""
    proposed = []
    for volunteer in _left_long_ago(at=at, limit=limit):
        person = volunteer.person
        days = organisation.policies_of(["erasure_wait_days"], scopes.unit_of(person), at=at)["erasure_wait_days"]
        proposed.append(
            Erasure(
                person=person,
                cause=Erasure.Cause.RETENTION,
                asked_at=at,
                decide_from=at + dt.timedelta(days=max(days, 1)),
            )
        )
    Erasure.objects.bulk_create(proposed)
    happenings = [audit.Happening(thing=f"person:{one.person.code}", facts={"erasure": one.code}) for one in proposed]
    audit.record_many(actor=None, verb="proposed_erasure", happenings=happenings, at=at)
    return len(proposed)


def _left_long_ago(*, at: dt.datetime, limit: int) -> Iterator[Volunteer]:
    recently = at - NOT_AGAIN_FOR
    spoken_for = Erasure.objects.filter(person=OuterRef("person")).exclude(
        state__in=[Erasure.State.WITHDRAWN, Erasure.State.DECLINED], asked_at__lt=recently
    )
    left = Volunteer.objects.filter(
        ~Exists(spoken_for),
        state=Volunteer.State.LEFT,
        state_since__isnull=False,
        person__erased_at__isnull=True,
        person__merged_into__isnull=True,
    ).select_related("person__user")
    for volunteer in left.order_by("state_since", "pk")[:limit]:
        unit = scopes.unit_of(volunteer.person)
        years = organisation.policies_of(["retention_years"], unit, at=at)["retention_years"]
        assert volunteer.state_since is not None
        if years and clock.local_day(volunteer.state_since) <= months_before(clock.local_day(at), 12 * years):
            yield volunteer
