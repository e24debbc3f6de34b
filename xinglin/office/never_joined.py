"""Whoever applied and never became a volunteer: for how long the house keeps what they said of themselves.

What waits for the staff is not over. What was refused, withdrawn, or asked back and never answered is, some days after
the person was last heard of; signing in is being heard of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, Max, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people.models import Application, Guardianship, HouseholdMember, Person, Relation

POLICIES = ("applicant_days", "erasure_wait_days")
A_PAGE = 500
LEAST = dt.timedelta(days=1)


def due(spoken_for: Exists, *, at: dt.datetime) -> Iterator[tuple[Any, Unit | None, int]]:
    """Each with the unit where they applied last, and for how many days they may say no: the longest gone first.

    Walked through page by page, so that those whose unit keeps for ever stand in nobody's way.
    """
    waiting = _gone(at).filter(~spoken_for, heard_of__lte=at - LEAST).order_by("heard_of", "pk")
    after = (dt.datetime.min.replace(tzinfo=dt.UTC), 0)
    while page := list(waiting.filter(_behind(*after))[:A_PAGE]):
        after = (page[-1].heard_of, page[-1].pk)
        units = _last_units(page)
        values = organisation.policy_values(POLICIES, units.values(), at=at)
        nowhere = organisation.policies_of(POLICIES, None, at=at)
        for person in page:
            unit = units.get(person.pk)
            policies = values[unit.pk] if unit is not None else nowhere
            days = policies["applicant_days"]
            if days and person.heard_of <= at - dt.timedelta(days=days):
                yield person, unit, policies["erasure_wait_days"]


def is_still_gone(person: Person, *, since: dt.datetime) -> bool:
    """Has nobody heard of them since it was proposed?"""
    return bool(_gone(since).filter(pk=person.pk, heard_of__lte=since).exists())


def _gone(at: dt.datetime) -> Any:  # persons with a moment that the checker would not find on them
    """Persons without a number who wait for nothing, hold no role and belong to nobody, with the moment of the last."""
    me = OuterRef("pk")
    waits = Application.objects.filter(person=me, state__in=[Application.State.SUBMITTED, Application.State.APPROVED])
    duty = Role.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), user=OuterRef("user"))
    ties = (
        Relation.objects.filter(Q(person=me) | Q(relative=me), ended_at__isnull=True),
        Guardianship.objects.filter(Q(child=me) | Q(guardian=me), ended_at__isnull=True),
        HouseholdMember.objects.filter(person=me, ended_at__isnull=True),
    )
    found = Person.objects.filter(volunteer__isnull=True, erased_at__isnull=True, merged_into__isnull=True)
    for what in (waits, duty, *ties):
        found = found.filter(~Exists(what))
    asked = Max(Coalesce("applications__decided_at", "applications__submitted_at"))
    heard_of = Greatest("created_at", "user__last_login", asked)  # of those that there are
    return found.annotate(heard_of=ExpressionWrapper(heard_of, output_field=DateTimeField()))


def _behind(moment: dt.datetime, key: int) -> Q:
    return Q(heard_of__gt=moment) | Q(heard_of=moment, pk__gt=key)


def _last_units(persons: list[Any]) -> dict[int, Unit]:
    """Where each applied last, by the person's key: one query for a page."""
    applications = Application.objects.filter(person__in=persons).select_related("unit")
    latest = applications.order_by("person", "-submitted_at", "-pk").distinct("person")
    return {one.person_id: one.unit for one in latest}
