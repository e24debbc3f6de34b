"""Reads about what was handed in: what waits for whom, what became of it. Lists are scoped to the asker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Role, Unit
from xinglin.people.models import Qualification, Submission, Volunteer
from xinglin.people.models.vetting import OPEN
from xinglin.people.vetting.gates import UNDONE

MOST_TAKEN_BACK = 20
State = Submission.State


def decided_by(user: Any) -> QuerySet[Submission]:
    """What the user may decide, whatever its state; nothing about themselves."""
    mine = organisation.reaches(user, "decide_gate", "unit__path")
    rows = Submission.objects.filter(mine).exclude(volunteer__person__user=user)
    return rows.select_related("volunteer__person", "unit", "file", "first_by", "decided_by", "submitted_by")


def waiting_for(user: Any) -> QuerySet[Submission]:
    """What waits for this user's word, the longest waiting first; not what they have agreed to already."""
    waits = Q(state=State.WAITING) | Q(state=State.HALF) & ~Q(first_by=user)
    return decided_by(user).filter(waits).order_by("submitted_at", "pk")


def own(volunteer: Volunteer) -> QuerySet[Submission]:
    """What a volunteer has handed in, the latest first."""
    return volunteer.submissions.select_related("file", "decided_by").order_by("-submitted_at", "-pk")


def open_ones(volunteer: Volunteer) -> list[Submission]:
    """What of it still waits."""
    return list(own(volunteer).filter(state__in=OPEN))


def licences_taken_back(volunteer: Volunteer) -> list[Qualification]:
    """Which were ended with a reason, the latest first; not what was renewed, or given by a slip of the hand."""
    rows = volunteer.qualifications.filter(ended_at__isnull=False).exclude(end_reason__in=["", UNDONE])
    return list(rows.select_related("ended_by").order_by("-ended_at", "-pk")[:MOST_TAKEN_BACK])


def refused_of(volunteer: Volunteer, gates: Collection[str]) -> QuerySet[Submission]:
    """What was refused for one of these gates."""
    return volunteer.submissions.filter(state=State.REFUSED, what__in=gates)


def second_eyes(unit: Unit, *, but: Any, at: dt.datetime) -> list[Role]:
    """Who can be the second: at the nearest unit upward where somebody else reviews. Mostly the unit itself."""
    chain = organisation_rules.chain_of(unit.path, step=Unit.steplen)
    names = organisation_rules.VERBS["decide_gate"][0]
    held = Role.objects.filter(unit__path__in=chain, name__in=names, starts_at__lte=at).exclude(user=but)
    held = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("user", "unit")
    roles = list(held.order_by("-unit__depth", "user__name"))
    return [role for role in roles if role.unit_id == roles[0].unit_id]
