"""Coming into a team and leaving it, by one's own wish."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from xinglin.accounts import tries
from xinglin.audit import actions as audit
from xinglin.lib import clock
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.models.units import TAKES_VOLUNTEERS
from xinglin.people import queries
from xinglin.people.errors import NotActive
from xinglin.people.models import Membership, Move, Volunteer
from xinglin.people.teams.errors import (
    MemberAlready,
    MoveStandsAlready,
    NotMember,
    OnlyTeam,
    TeamClosed,
    WrongTeamPassword,
)

REFUSALS = (TeamClosed, NotActive, MemberAlready)


def join(*, volunteer: Volunteer, unit: Unit, password: str, address: str, at: dt.datetime) -> Membership | Move:
    """Come into a team as it lets people in: at once, by password, or by asking. Guesses of a password are counted."""
    refuse_to_enter(volunteer, unit)
    if unit.joining == Unit.Joining.CLOSED:
        raise TeamClosed
    if unit.joining == Unit.Joining.REVIEW:
        return ask_to_join(volunteer=volunteer, unit=unit, at=at)
    if unit.joining == Unit.Joining.PASSWORD:
        guess = tries.reserve(kind="team", who=f"{unit.code}/{volunteer.number}", address=address, at=at)
        if not check_password(password.strip(), unit.password):
            raise WrongTeamPassword
        guess.forget()
    with transaction.atomic():
        unit = organisation.keep_open(unit=unit)
        volunteer = queries.held(volunteer)
        refuse_to_enter(volunteer, unit)  # again, as they stand now: they may be leaving on another device
        membership = enter(volunteer=volunteer, unit=unit, by=None, at=at)
        record("joined_team", volunteer, unit, by=volunteer.person.user, at=at)
    return membership


@transaction.atomic
def ask_to_join(*, volunteer: Volunteer, unit: Unit, at: dt.datetime) -> Move:
    """Ask the team to be taken in; its coordinator finds it among what waits."""
    unit = organisation.keep_open(unit=unit)
    volunteer = queries.held(volunteer)
    refuse_to_enter(volunteer, unit)
    try:
        with transaction.atomic():
            move = Move.objects.create(
                kind=Move.Kind.JOIN,
                volunteer=volunteer,
                to_unit=unit,
                asks_unit=unit,
                starts_on=clock.local_day(at),
                state=Move.State.ASKED,
                asked_by=volunteer.person.user,
                asked_at=at,
            )
    except IntegrityError as standing:
        raise MoveStandsAlready from standing
    record("asked_to_join_team", volunteer, unit, by=volunteer.person.user, at=at)
    return move


@transaction.atomic
def leave(*, volunteer: Volunteer, unit: Unit, at: dt.datetime) -> None:
    """Leave a team for good; what was served in it stays served. Not the only one, nor for one that lent ends."""
    lent = set(loans_of(volunteer).select_for_update().values_list("to_unit", flat=True))
    current = Membership.objects.select_for_update().filter(volunteer=volunteer, left_on__isnull=True)
    units = {membership.unit_id for membership in current}
    if unit.pk not in units:
        raise NotMember
    if not units - lent - {unit.pk}:
        raise OnlyTeam
    exit_from(volunteer=volunteer, unit=unit, at=at)
    record("left_team", volunteer, unit, by=volunteer.person.user, at=at)


# What a move does too ---------------------------------------------------------------------------------------------


def refuse_to_enter(volunteer: Volunteer, unit: Unit) -> None:
    """A team that is open, an active volunteer, and not there yet."""
    _refuse_closed(unit)
    if volunteer.state != Volunteer.State.ACTIVE:
        raise NotActive
    if Membership.objects.filter(volunteer=volunteer, unit=unit, left_on__isnull=True).exists():
        raise MemberAlready


def enter(
    *, volunteer: Volunteer, unit: Unit, by: Any, at: dt.datetime, until: dt.datetime | None = None
) -> Membership:
    """A row of membership and the role of a volunteer there, lent if it has an end.

    The unit is kept open by whoever lets them in; the constraints decide between two who do it at once.
    """
    _refuse_closed(unit)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                volunteer=volunteer, unit=unit, joined_on=clock.local_day(at), is_lent=until is not None
            )
    except IntegrityError as there:
        raise MemberAlready from there
    _let_serve(volunteer, unit, by=by, at=at, until=until)
    return membership


def come_back(*, volunteer: Volunteer, unit: Unit, membership: Membership, by: Any, at: dt.datetime) -> None:
    """As if they had not left: the same row goes on, and the role with it. The unit is kept open, too."""
    try:
        with transaction.atomic():
            Membership.objects.filter(pk=membership.pk).update(left_on=None)
    except IntegrityError as there:
        raise MemberAlready from there
    _let_serve(volunteer, unit, by=by, at=at)


def exit_from(*, volunteer: Volunteer, unit: Unit, at: dt.datetime) -> None:
    """Membership and role end today, and the loan by which they were there: who comes back comes for good."""
    today = clock.local_day(at)
    loans_of(volunteer).filter(to_unit=unit).update(state=Move.State.OVER, ended_at=at)
    Membership.objects.filter(volunteer=volunteer, unit=unit, left_on__isnull=True).update(left_on=today)
    roles = Role.objects.filter(user=volunteer.person.user, unit=unit, name=Role.Name.VOLUNTEER)
    roles.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).update(ends_at=at)


def _refuse_closed(unit: Unit) -> None:
    if unit.closed_at is not None or unit.kind not in TAKES_VOLUNTEERS:
        raise TeamClosed


def _let_serve(volunteer: Volunteer, unit: Unit, *, by: Any, at: dt.datetime, until: dt.datetime | None = None) -> None:
    """The role of a volunteer there, unless they hold it."""
    standing = Role.objects.filter(user=volunteer.person.user, unit=unit, name=Role.Name.VOLUNTEER)
    if not standing.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).exists():
        Role.objects.create(
            user=volunteer.person.user,
            unit=unit,
            name=Role.Name.VOLUNTEER,
            granted_by=by,
            starts_at=at,
            ends_at=until,
        )


def loans_of(volunteer: Volunteer) -> QuerySet[Move]:
    """By which they are in other teams now, for some days."""
    return Move.objects.filter(volunteer=volunteer, kind=Move.Kind.LOAN, state=Move.State.DONE)


def record(verb: str, volunteer: Volunteer, unit: Unit, *, by: Any, at: dt.datetime) -> None:
    """Into the trail: who came in or left."""
    facts = {"unit": unit.code}
    thing = f"volunteer:{volunteer.number}"
    audit.record(actor=by, verb=verb, thing=thing, unit_path=unit.path, facts=facts, at=at)
