"""Reading what teams have: whose minutes these are, who may ask to give them, and each line of their account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from xinglin.lib.errors import NotFound
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Membership, Person, Volunteer
from xinglin.timebank import requesting
from xinglin.timebank.models import Account, Entry, Request
from xinglin.timebank.rules import AccountKind

VERB = "give_of_team"
POOL, NEED = "pool", "need"  # as the policy `team_gifts` calls them


def teams_of(person: Person) -> list[Unit]:
    """The open teams that a person belongs to today."""
    here = Membership.objects.filter(volunteer__person=person, left_on__isnull=True, unit__kind=Unit.Kind.TEAM)
    rows = here.filter(unit__closed_at__isnull=True).select_related("unit").order_by("joined_on", "pk")
    return [membership.unit for membership in rows]


def teams_given_by(user: Any) -> QuerySet[Unit]:
    """The open teams whose minutes this user may look at and ask to give."""
    mine = organisation.units_where(user, VERB).filter(kind=Unit.Kind.TEAM, closed_at__isnull=True)
    return mine.order_by("path")


def team_given_by(user: Any, code: str) -> Unit:
    """One of them; another one sounds as if there were none."""
    found = teams_given_by(user).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def teams_with_minutes(user: Any) -> list[tuple[Unit, int]]:
    """Teams within the reach of whoever moves minutes, that have or had some, with what they have."""
    units = organisation.units_where(user, requesting.VERB)
    rows = Account.objects.filter(kind=AccountKind.TEAM, person=None, unit__in=units, sequence__gt=0)
    return [
        (account.unit, account.balance_minutes or 0)
        for account in rows.select_related("unit").order_by("-balance_minutes", "pk")
        if account.unit is not None
    ]


def minutes_of(team: Unit) -> int:
    """What a team has to give."""
    return requesting.balance_of_unit(team, AccountKind.TEAM)


def statement(team: Unit, *, before: int | None = None, limit: int) -> list[Entry]:
    """Entries of a team's account, the latest first; `before` is the sequence that the last page ended with."""
    account = Account.objects.filter(kind=AccountKind.TEAM, person=None, unit=team).values_list("pk", flat=True).first()
    entries = Entry.objects.filter(account_id=account or 0)
    if before is not None:
        entries = entries.filter(sequence__lt=before)
    return list(entries.order_by("-sequence")[:limit])


def gifts_asked_of(team: Unit) -> QuerySet[Request]:
    """What was asked to be given of a team's minutes, the latest first."""
    asked = Request.objects.filter(unit=team, kind=Request.Kind.TEAM_GIFT)
    return asked.select_related("person", "asked_by", "decided_by").order_by("-asked_at", "-pk")


def permitted(team: Unit, *, at: dt.datetime) -> list[str]:
    """To whom the policy lets a team's minutes go."""
    return list(organisation.policy("team_gifts", team, at=at))


def house_of(team: Unit) -> Unit:
    """The house that a team belongs to, whose pool it may fill."""
    return organisation.houses_of([team])[team.pk]


def volunteer_of_house(team: Unit, number: str) -> Volunteer | None:
    """A volunteer of the team's house by the public number."""
    below = Unit.objects.filter(path__startswith=house_of(team).path)
    return people.members_of(below).filter(number=number.strip().upper()).first()
