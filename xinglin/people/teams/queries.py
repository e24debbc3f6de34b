"""Reads about teams: which one could join, who leads them, and moves that wait for somebody's word."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Brand, Role, Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people.models import Membership, Move, Volunteer
from xinglin.people.models.teams import STANDING


def teams(*, words: str = "", service: str = "") -> QuerySet[Unit]:
    """Open teams whose name, brand or kind of service fits, with how many belong to each."""
    found = organisation.open_units().filter(kind__in=TAKES_VOLUNTEERS)
    if words:
        branded = Brand.objects.filter(unit=OuterRef("pk"), ended_at__isnull=True, name__contains=words)
        found = found.filter(Q(name__contains=words) | Exists(branded))
    if service:
        found = found.filter(service=service)
    members = Count("memberships", filter=Q(memberships__left_on__isnull=True), distinct=True)
    counted: QuerySet[Unit] = found.annotate(members=members).order_by("path")
    return counted


def team(code: str) -> Unit | None:
    """An open team by its code."""
    return teams().filter(code=code).first()


def captains(unit: Unit, *, at: dt.datetime) -> list[str]:
    """The names of those who lead the team."""
    return [role.user.name for role in organisation.roles_at(unit, at=at).filter(name=Role.Name.TEAM_LEADER)]


def is_member(volunteer: Volunteer, unit: Unit) -> bool:
    """Do they belong to it today?"""
    return Membership.objects.filter(volunteer=volunteer, unit=unit, left_on__isnull=True).exists()


def standing_into(volunteer: Volunteer, unit: Unit) -> Move | None:
    """The move into this team that has no result yet."""
    return Move.objects.filter(volunteer=volunteer, to_unit=unit, state__in=STANDING).first()


def moves_of(volunteer: Volunteer) -> QuerySet[Move]:
    """Everything that was asked about this volunteer, the latest first."""
    return volunteer.moves.select_related("from_unit", "to_unit", "asked_by").order_by("-asked_at", "-pk")


def offered_to(volunteer: Volunteer) -> QuerySet[Move]:
    """What waits for the volunteer's own word, the longest waiting first."""
    return moves_of(volunteer).filter(state=Move.State.OFFERED).order_by("asked_at")


def decided_by(user: Any) -> QuerySet[Move]:
    """Moves whose asked unit this user may speak for, whatever their state; never their own."""
    joins, others = Q(pk__in=[]), Q(pk__in=[])
    for path in organisation.scope_of(user, "decide_application"):
        joins |= Q(asks_unit__path__startswith=path)
    for path in organisation.scope_of(user, "move_people"):
        others |= Q(asks_unit__path__startswith=path)
    joins, others = joins & Q(kind=Move.Kind.JOIN), others & ~Q(kind=Move.Kind.JOIN)
    return (
        Move.objects.filter(joins | others)
        .exclude(volunteer__person__user=user)
        .select_related("volunteer__person__user", "from_unit", "to_unit", "asks_unit", "asked_by")
    )
