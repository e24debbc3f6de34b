"""Storing ends: whoever left years ago, or applied once and never came, is proposed to be forgotten, and told so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, TruncDate

from xinglin.audit import actions as audit
from xinglin.hours import queries as hours
from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.office import never_joined
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people.models import Erasure, Membership, Person, Volunteer
from xinglin.timebank.reckoning import months_before

MOST_AT_ONCE = 500
POLICIES = ("retention_years", "erasure_wait_days")
NOT_AGAIN_FOR = dt.timedelta(days=365)  # whoever said that they would rather stay is not asked each night


@transaction.atomic
def propose(*, at: dt.datetime, limit: int = MOST_AT_ONCE) -> int:
    """Propose those whose time is over by the policy of their last unit, and tell them; returns how many.

    Twice is once.
    """
    left = [(volunteer.person, unit, days) for volunteer, unit, days in _due(at=at, limit=limit)]
    never = list(islice(never_joined.due(Exists(_spoken_for(OuterRef("pk"), at=at)), at=at), limit))
    return _propose(left, "data_will_be_erased", at=at) + _propose(never, "application_will_be_erased", at=at)


def _propose(found: list[tuple[Any, Unit | None, int]], kind: str, *, at: dt.datetime) -> int:
    proposed, news, happenings = [], [], []
    for person, unit, wait_days in found:
        until = at + dt.timedelta(days=max(wait_days, 1))
        one = Erasure(person=person, cause=Erasure.Cause.RETENTION, asked_at=at, decide_from=until)
        proposed.append(one)
        values, source = {"day": clock.local_day(until).isoformat()}, f"erasure:{one.code}"
        news.append(notices.News(user_id=person.user_id, kind=kind, source=source, values=values))
        facts = {"erasure": one.code}
        path = unit.path if unit is not None else ""
        happenings.append(audit.Happening(thing=f"person:{person.code}", unit_path=path, facts=facts))
    Erasure.objects.bulk_create(proposed)
    notices.tell_many(news=news, at=at)
    audit.record_many(actor=None, verb="proposed_erasure", happenings=happenings, at=at)
    return len(proposed)


def _spoken_for(person: Any, *, at: dt.datetime) -> QuerySet[Erasure]:
    """Proposed or done already, or they would rather stay and said so within the year."""
    over = [Erasure.State.WITHDRAWN, Erasure.State.DECLINED]
    return Erasure.objects.filter(person=person).exclude(state__in=over, asked_at__lt=at - NOT_AGAIN_FOR)


def is_still_gone(person: Person, *, since: dt.datetime) -> bool:
    """Has nobody taken them in again or heard of them, and have they served nowhere, since it was proposed?"""
    if not Volunteer.objects.filter(person=person).exists():
        return never_joined.is_still_gone(person, since=since)
    return bool(_gone().filter(person=person, gone_on__lte=clock.local_day(since)).exists())


def _gone() -> Any:  # volunteers with a day that the checker would not find on them
    """Those who have left, or belong to no unit any more nor serve without one, with the day since when."""
    here = Membership.objects.filter(volunteer=OuterRef("pk"), left_on__isnull=True)
    last = Membership.objects.filter(volunteer=OuterRef("pk")).values("volunteer").annotate(day=Max("left_on"))
    has_left = Q(state=Volunteer.State.LEFT, state_since__isnull=False)
    return (
        Volunteer.objects.filter(person__erased_at__isnull=True, person__merged_into__isnull=True)
        .filter(has_left | ~Exists(here))
        .annotate(
            gone_on=Case(
                When(has_left, then=TruncDate("state_since", tzinfo=clock.SHANGHAI)),
                default=Greatest(Subquery(last.values("day")), Subquery(hours.last_day_served(OuterRef("person")))),
            )
        )
        .filter(gone_on__isnull=False)
    )


def _due(*, at: dt.datetime, limit: int) -> Iterator[tuple[Any, Unit | None, int]]:
    """Each with their last unit and for how many days they may say no: whoever has been gone longest first.

    Walked through page by page, so that those whose unit keeps for ever stand in nobody's way.
    """
    today, found, after = clock.local_day(at), 0, (dt.date.min, 0)
    spoken_for = _spoken_for(OuterRef("person"), at=at)
    waiting = _gone().filter(~Exists(spoken_for), gone_on__lte=months_before(today, 12)).select_related("person")
    while found < limit:
        behind = Q(gone_on__gt=after[0]) | Q(gone_on=after[0], pk__gt=after[1])
        page = list(waiting.filter(behind).order_by("gone_on", "pk")[:MOST_AT_ONCE])
        if not page:
            return
        after = (page[-1].gone_on, page[-1].pk)
        units = _last_units(page)
        values = organisation.policy_values(POLICIES, units.values(), at=at)
        nowhere = organisation.policies_of(POLICIES, None, at=at)
        for volunteer in page:
            unit = units.get(volunteer.pk)
            policies = values[unit.pk] if unit is not None else nowhere
            years = policies["retention_years"]
            if found < limit and years and volunteer.gone_on <= months_before(today, 12 * years):
                found += 1
                yield volunteer, unit, policies["erasure_wait_days"]


def _last_units(volunteers: list[Any]) -> dict[int, Unit]:
    """Where each belongs, else belonged last, by the volunteer's key: one query for a page."""
    memberships = Membership.objects.filter(volunteer__in=volunteers).select_related("unit")
    latest = memberships.order_by("volunteer", F("left_on").desc(nulls_first=True), "joined_on", "pk")
    return {one.volunteer_id: one.unit for one in latest.distinct("volunteer")}
