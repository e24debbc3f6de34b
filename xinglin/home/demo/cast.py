"""The people of the demo: who signs in as what, who leads which team, and what volunteers have signed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from xinglin.accounts import actions as accounts
from xinglin.accounts import second_factor
from xinglin.accounts.models import User
from xinglin.home.demo import city as cities
from xinglin.home.demo.city import City
from xinglin.home.demo.copying import copy
from xinglin.lib import clock, codes
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people import queries as people
from xinglin.people.models import Agreement, Consent, DocumentText, Qualification, Volunteer

PASSWORD = "xinglin-demo-2026"  # of demo people only; production refuses to start beside them
RETIRED = codes.codes("employment")["退（离）休人员"]
PROFESSIONAL = codes.codes("employment")["专业技术人员"]
ADULT_BORN_BEFORE = dt.date(2000, 1, 1)
ELDER_BORN_BEFORE = dt.date(1965, 1, 1)
ONE_OF_SO_MANY_HAS_NOT_SIGNED = 6


@dataclass(frozen=True)
class Staff:
    """A demo person with a role: how they sign in, what they are called, where they stand."""

    login_name: str
    name: str
    role: str
    place: str  # at the city's "hospital" or "bureau"
    totp_secret: str


STAFF = [
    Staff("wangmin", "王敏", "coordinator", "hospital", "KVWXEZLBNVRW6ZTBOJXGC3DF"),
    Staff("chenlixin", "陈立新", "bureau_administrator", "bureau", "MNUGK3TMNF4GS3RAOJ2WSYLO"),
    Staff("zhaoyan", "赵岩", "reviewer", "bureau", "PJUGC33ZMFXCA4TVNFQW4ZDF"),
    Staff("zhouzheng", "周正", "auditor", "bureau", "PJUG65LIOVXGOIDEMVWW6ZDB"),
]


def volunteers() -> list[Volunteer]:
    """Two of the roster to sign in as: a retired one who serves week after week, and one who leads the team."""
    adults = _adults_of(cities.here().team)
    serves = adults.filter(person__employment=RETIRED, person__born_on__lt=ELDER_BORN_BEFORE).first() or adults[0]
    return [serves, adults.exclude(pk=serves.pk)[0]]


def appoint_staff(city: City, *, at: dt.datetime) -> None:
    """Make those of the staff who are missing."""
    there = set(
        User.objects.filter(login_name__in=[one.login_name for one in STAFF]).values_list("login_name", flat=True)
    )
    for one in STAFF:
        if one.login_name in there:
            continue
        user = accounts.register(login_name=one.login_name, name=one.name, at=at, is_demo=True)
        accounts.set_password(user=user, password=PASSWORD, at=at)
        second_factor.set_totp(user=user, secret=one.totp_secret, at=at)
        unit = Unit.objects.get(name=city.told[one.place])
        organisation.grant_role(user=user, unit=unit, name=one.role, granted_by=None, at=at)


def appoint_leaders(city: City, *, at: dt.datetime) -> dict[str, User]:
    """Each team's leader, by the name of the team; who is missing is appointed."""
    leading = Role.objects.filter(name=Role.Name.TEAM_LEADER, ends_at__isnull=True).order_by("starts_at", "pk")
    leaders = {role.unit.name: role.user for role in reversed(leading.select_related("unit", "user"))}
    serves, leads = volunteers()
    for team in Unit.objects.filter(kind__in=[Unit.Kind.TEAM, Unit.Kind.PARTNER]).order_by("path"):
        if team.name in leaders:
            continue
        leader = leads if team.name == city.team else _adults_of(team.name).exclude(pk=serves.pk).first()
        if leader is not None:
            user = leader.person.user
            organisation.grant_role(user=user, unit=team, name=Role.Name.TEAM_LEADER, granted_by=None, at=at)
            leaders[team.name] = user
    return leaders


def appoint_clerk(city: City, *, at: dt.datetime) -> None:
    """The leader of the first team also hands out vouchers at the hospital's counter."""
    hospital, leads = Unit.objects.get(name=city.hospital), volunteers()[1]
    if not Role.objects.filter(name=Role.Name.CLERK, unit=hospital, ends_at__isnull=True).exists():
        user = leads.person.user
        organisation.grant_role(user=user, unit=hospital, name=Role.Name.CLERK, granted_by=None, at=at)


def sign_papers(everybody: Sequence[Volunteer], chance: random.Random, *, at: dt.datetime) -> None:
    """Most have signed the agreement of today and said yes to the privacy notice; the cast has in any case."""
    agreement = people.text(DocumentText.Kind.AGREEMENT, at=at)
    privacy = people.text(DocumentText.Kind.PRIVACY, at=at)
    known = {one.pk for one in volunteers()}
    agreements, consents = [], []
    for volunteer in everybody:
        has_signed = chance.randrange(ONE_OF_SO_MANY_HAS_NOT_SIGNED) > 0 or volunteer.pk in known
        signed_at = agreement.starts_at + (at - agreement.starts_at) * chance.random()
        if has_signed:
            agreements.append(
                Agreement(volunteer=volunteer, text=agreement, signed_name=volunteer.person.name, signed_at=signed_at)
            )
            consents.append(Consent(person=volunteer.person, text=privacy, given_at=signed_at))
    copy(agreements)
    copy(consents)


def show_licences(
    city: City, everybody: Sequence[Volunteer], chance: random.Random, *, by: User, at: dt.datetime
) -> None:
    """What posts ask for: a third of the professionals are doctors, and the trainers teach first aid."""
    licences = []
    trainers = set(Volunteer.objects.filter(memberships__unit__name=city.told["trainers"]).values_list("pk", flat=True))
    for volunteer in everybody:
        days = chance.randint(20, 1500)
        kinds: list[tuple[str, dt.date | None]] = []
        if volunteer.person.employment == PROFESSIONAL and chance.random() < 0.35:
            kinds.append(("执业医师", None))
        if volunteer.pk in trainers and chance.random() < 0.6:
            kinds.append(("急救培训导师", clock.local_day(at) + dt.timedelta(days=days)))
        licences += [
            Qualification(
                volunteer=volunteer,
                kind=kind,
                checked_by=by,
                checked_at=at - dt.timedelta(days=days % 300 + 1),
                valid_until=valid_until,
            )
            for kind, valid_until in kinds
        ]
    copy(licences)


def _adults_of(team: str) -> QuerySet[Volunteer]:
    """The same ones each time: those of age who can sign in by phone, in the order of their numbers."""
    of_team = Volunteer.objects.filter(memberships__unit__name=team, state=Volunteer.State.ACTIVE)
    adults = of_team.filter(person__born_on__lt=ADULT_BORN_BEFORE, person__user__phone_blind__isnull=False)
    return adults.select_related("person__user").order_by("number")
