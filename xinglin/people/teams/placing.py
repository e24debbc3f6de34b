"""Putting volunteers into teams and taking them out, by whoever looks after both; and taking that back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.notices import actions as notices
from xinglin.organisation import actions
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Membership, Volunteer
from xinglin.people.teams import joining, queries
from xinglin.people.teams.errors import (
    ChangedMeanwhile,
    LentHere,
    MoveStandsAlready,
    NotMember,
    NotOfYourUnits,
    OnlyTeamOfTheirs,
    TeamClosed,
)

VERB = "move_people"


@transaction.atomic
def put_in(*, volunteer: Volunteer, unit: Unit, by: Any, at: dt.datetime) -> Membership:
    """A further team for somebody of one's own units. Nothing is taken from them: they are told, and may leave it."""
    volunteer, unit = _held(volunteer, unit)
    organisation.demand(by, VERB, unit)
    if not people.members_where(by, VERB).filter(pk=volunteer.pk).exists():
        raise NotOfYourUnits
    joining.refuse_to_enter(volunteer, unit)
    if unit.joining == Unit.Joining.CLOSED:
        raise TeamClosed
    if queries.standing_into(volunteer, unit) is not None:
        raise MoveStandsAlready  # what they wish, or were asked, has its own answer
    membership = joining.enter(volunteer=volunteer, unit=unit, by=by, at=at)
    joining.record("put_in_team", volunteer, unit, by=by, at=at)
    _tell("put_in_team", _put_in(membership), volunteer, unit, at=at)
    return membership


@transaction.atomic
def take_out(*, volunteer: Volunteer, unit: Unit, by: Any, at: dt.datetime) -> Membership:
    """Out of one team, if they stand in another; what was served in it stays served."""
    volunteer, unit = _held(volunteer, unit)
    membership = _end(volunteer, unit, by=by, at=at)
    joining.record("took_out_of_team", volunteer, unit, by=by, at=at)
    _tell("taken_out_of_team", _taken_out(membership), volunteer, unit, at=at)
    return membership


@transaction.atomic
def undo_put_in(*, volunteer: Volunteer, unit: Unit, membership: int, by: Any, at: dt.datetime) -> None:
    """They were put in by mistake: the membership ends, if it is still the one that was made."""
    volunteer, unit = _held(volunteer, unit)
    made = Membership.objects.filter(pk=membership, volunteer=volunteer, left_on__isnull=True).first()
    if made is None:
        raise ChangedMeanwhile
    _end(volunteer, unit, by=by, at=at)
    joining.record("undid_put_in_team", volunteer, unit, by=by, at=at)
    if not notices.take_back(source=_put_in(made)):
        _tell("taken_out_of_team", _taken_out(made), volunteer, unit, at=at)


@transaction.atomic
def undo_take_out(*, volunteer: Volunteer, unit: Unit, membership: int, by: Any, at: dt.datetime) -> None:
    """They were taken out by mistake: the same membership goes on, unless they are there again, or cannot be."""
    volunteer, unit = _held(volunteer, unit)
    organisation.demand(by, VERB, unit)
    theirs = Membership.objects.filter(volunteer=volunteer, unit=unit)
    ended = theirs.filter(pk=membership, left_on__isnull=False).first()
    if ended is None or theirs.filter(pk__gt=membership).exists():  # there still, there again, or gone a second time
        raise ChangedMeanwhile
    joining.refuse_to_enter(volunteer, unit)
    joining.come_back(volunteer=volunteer, unit=unit, membership=ended, by=by, at=at)
    joining.record("undid_take_out_of_team", volunteer, unit, by=by, at=at)
    if not notices.take_back(source=_taken_out(ended)):
        _tell("put_in_team", f"{_put_in(ended)}:again", volunteer, unit, at=at)


def _end(volunteer: Volunteer, unit: Unit, *, by: Any, at: dt.datetime) -> Membership:
    organisation.demand(by, VERB, unit)
    lent = set(joining.loans_of(volunteer).select_for_update().values_list("to_unit", flat=True))
    current = Membership.objects.select_for_update().filter(volunteer=volunteer, left_on__isnull=True)
    memberships = {membership.unit_id: membership for membership in current}
    if unit.pk not in memberships:
        raise NotMember
    if unit.pk in lent:
        raise LentHere
    if not memberships.keys() - lent - {unit.pk}:
        raise OnlyTeamOfTheirs
    joining.exit_from(volunteer=volunteer, unit=unit, at=at)
    return memberships[unit.pk]


def _held(volunteer: Volunteer, unit: Unit) -> tuple[Volunteer, Unit]:
    """Both as they stand now; whoever else decides about this volunteer, or closes the unit, waits."""
    unit = actions.keep_open(unit=unit)
    return people.held(volunteer), unit


def _tell(kind: str, source: str, volunteer: Volunteer, unit: Unit, *, at: dt.datetime) -> None:
    """In the house at once, out of it only when a slip of the hand can no longer be undone at the desk."""
    wait = dt.timedelta(minutes=organisation.policy("undo_minutes", unit, at=at))
    values = {"team": unit.name, "code": unit.code}
    notices.tell(user=volunteer.person.user, kind=kind, source=source, values=values, not_before=at + wait, at=at)


def _put_in(membership: Membership) -> str:
    return f"membership:{membership.pk}:put_in"


def _taken_out(membership: Membership) -> str:
    return f"membership:{membership.pk}:taken_out"
