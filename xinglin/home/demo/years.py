"""The six years behind the demo city and the weeks before it: from the programme and the turnout into the tables."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import F, Max, Q, Window
from django.db.models.functions import RowNumber

from xinglin.accounts.models import User
from xinglin.activities.models import Activity, Shift
from xinglin.home.demo import cast, past, programme
from xinglin.home.demo.city import City
from xinglin.home.demo.past import Cast, Codes
from xinglin.home.demo.programme import Occasion, Team
from xinglin.home.demo.turnout import Seat, Server, Stay, Turnout, seats_of
from xinglin.lib import clock, codes
from xinglin.organisation.models import Unit
from xinglin.people.licences import included_in
from xinglin.people.models import Membership, Qualification, Volunteer
from xinglin.projects import actions as projects
from xinglin.projects.models import Project


@dataclass(frozen=True)
class Size:
    """How large a city: the tests take a small one, made by the same code."""

    people: int | None = None  # of the roster; none: all
    activities: int = 2000
    coming: int = 60
    hours: int = 60_000
    serving_in_a_team: int | None = None  # of all who are registered, so many of each team serve; none: all
    projects: int = 0  # at least so many, planned ones among them

    @property
    def minutes_of_the_retired(self) -> int:
        """300 hours from April to December, in a city of 2,000 activities."""
        return 300 * 60 * self.activities // 2000


@transaction.atomic
def tell_past(
    city: City, *, leaders: Mapping[str, User], size: Size, at: dt.datetime, say: Callable[[str], object]
) -> None:
    """What was served until yesterday. All of it or nothing; not again where it stands."""
    if Activity.objects.filter(source__startswith="demo:", shifts__state=Shift.State.CLOSED).exists():
        return
    today = clock.local_day(at)
    chance = random.Random(f"{city.slug}/{today}")
    reviewer = User.objects.get(login_name="zhaoyan")
    everybody = _those_who_serve(size, leaders)
    cast.sign_papers(everybody, chance, at=at)
    cast.show_licences(city, everybody, chance, by=reviewer, at=at)
    occasions = programme.past(_kinds(city), _teams(city), today=today, count=size.activities)
    turnout = _turnout(everybody, leaders, chance)
    _mornings_of_the_retired(city, turnout, occasions, today=today, minutes=size.minutes_of_the_retired)
    seats = [seat for seat in seats_of(occasions) if seat not in {stay.seat for stay in turnout.stays}]
    turnout.fill(seats, occasions, minutes=size.hours * 60)
    say(f"六年的班次：{len(turnout.stays):,} 人次报名 · six years of sign-ups")
    company = Cast(leaders, reviewer, {volunteer.number: volunteer for volunteer in everybody})
    new_code = Codes(chance)
    stays = sorted(turnout.stays, key=lambda stay: (stay.taken_at, stay.number))
    stage = past.set_up(city, occasions, company, new_code, state=Shift.State.CLOSED, at=at)
    signups = past.sign_up(stage, stays, company, new_code)
    minutes = past.serve(stage, stays, signups, company, new_code, at=at)
    say(f"六年：{len(occasions):,} 场活动，{minutes // 60:,} 小时 · activities, hours")


@transaction.atomic
def tell_coming(
    city: City, *, leaders: Mapping[str, User], size: Size, at: dt.datetime, say: Callable[[str], object]
) -> None:
    """What can be taken from tomorrow on, half of it taken; again only when it has run out."""
    if Shift.objects.filter(starts_at__gt=at + dt.timedelta(days=3)).exists():
        return
    # Behind the last shift that still stands, so that nobody's diary holds two things.
    last = Shift.objects.filter(starts_at__gt=at).aggregate(last=Max("starts_at"))["last"] or at
    today = clock.local_day(last)
    chance = random.Random(f"{city.slug}/coming/{today}")
    occasions = programme.coming(_kinds(city), _teams(city), today=today, count=size.coming)
    everybody = _those_who_serve(size, leaders)
    company = Cast(leaders, User.objects.get(login_name="zhaoyan"), {one.number: one for one in everybody})
    new_code = Codes(chance)
    stage = past.set_up(city, occasions, company, new_code, state=Shift.State.OPEN, at=at)
    past.sign_up(stage, _taken_already(city, everybody, leaders, occasions, chance, at=at), company, new_code)
    say(f"将来：{len(occasions)} 场活动 · activities to come")


@transaction.atomic
def plan_projects(city: City, *, at: dt.datetime, wanted: int) -> None:
    """Open what is planned and has not begun: each kind of the programme at one team after the other."""
    missing = wanted - Project.objects.count()
    if missing <= 0:
        return
    there = set(Project.objects.values_list("unit__name", "name"))
    units = {unit.name: unit for unit in Unit.objects.filter(kind=Unit.Kind.TEAM)}
    kinds = [kind for kind in _kinds(city) if kind.teams == [programme.HEALTH_CENTRES]]
    planned = ((kind, name) for kind in kinds for name in units if (name, kind.name) not in there)
    for kind, name in islice(planned, missing):
        projects.open_project(
            unit=units[name], name=kind.name, category=kind.category, not_own_duty=True, actor=None, at=at
        )


def _those_who_serve(size: Size, leaders: Mapping[str, User]) -> list[Volunteer]:
    """Everybody of a small city; of a large one the longest registered of each team, and whom one signs in as."""
    volunteers = Volunteer.objects.select_related("person__user").order_by("number")
    if size.serving_in_a_team is None:
        return list(volunteers)
    place = Window(RowNumber(), partition_by=F("unit"), order_by="volunteer__number")
    members = Membership.objects.filter(left_on__isnull=True).annotate(place=place)
    serving = members.filter(place__lte=size.serving_in_a_team).values_list("volunteer", flat=True)
    known = Q(pk__in=[one.pk for one in cast.volunteers()]) | Q(person__user__in=leaders.values())
    return list(volunteers.filter(Q(pk__in=list(serving)) | known))


def _taken_already(
    city: City,
    everybody: Sequence[Volunteer],
    leaders: Mapping[str, User],
    occasions: Sequence[Occasion],
    chance: random.Random,
    *,
    at: dt.datetime,
) -> list[Stay]:
    """The sooner a shift, the fuller it is; the one who serves week after week has a place in two."""
    turnout = _turnout(everybody, leaders, chance)
    serves = next(server for server in turnout.teams[city.team] if server.number == cast.volunteers()[0].number)
    ahead = [seat for seat in seats_of(occasions) if seat.of(occasions)[2] == city.team and seat.post == 0]
    chosen = {(seat.occasion, seat.slot): seat for seat in reversed(ahead)}
    for seat in sorted(chosen.values(), key=lambda seat: seat.of(occasions)[0])[:2]:
        turnout.seat(serves, seat, occasions)
    own = {stay.seat for stay in turnout.stays}
    others = [seat for seat in seats_of(occasions) if seat not in own]
    soon = [seat for seat in others if chance.random() < 0.75 / (1 + seat.occasion / 15)]
    whole = sum(int((ends - starts).total_seconds()) // 60 for (starts, ends), _, _ in (s.of(occasions) for s in soon))
    turnout.fill(soon, occasions, minutes=turnout.served_minutes + whole)
    return [_still_ahead(stay, chance, at=at) for stay in turnout.stays if stay.came_at is not None]


def _still_ahead(stay: Stay, chance: random.Random, *, at: dt.datetime) -> Stay:
    """Taken in the last days; nobody has come yet."""
    return Stay(stay.seat, stay.number, at - dt.timedelta(minutes=chance.randint(30, 6 * 24 * 60)))


def _turnout(everybody: Sequence[Volunteer], leaders: Mapping[str, User], chance: random.Random) -> Turnout:
    """Those who have signed, by team; some come often, most now and then, as everywhere."""
    signed = set(Volunteer.objects.filter(agreements__isnull=False).values_list("pk", flat=True))
    licences: dict[int, list[str]] = {}
    for volunteer_id, kind in Qualification.objects.values_list("volunteer_id", "kind"):
        licences.setdefault(volunteer_id, []).extend((kind, *included_in(kind)))
    servers = {
        volunteer.pk: Server(
            number=volunteer.number,
            born_on=volunteer.person.born_on,
            joined_on=volunteer.joined_on,
            abilities=frozenset([*_specialities(volunteer), *licences.get(volunteer.pk, [])]),
            zeal=chance.lognormvariate(0, 1.1),
        )
        for volunteer in everybody
        if volunteer.pk in signed
    }
    teams: dict[str, list[Server]] = {}
    current = Membership.objects.filter(left_on__isnull=True).order_by("volunteer__number")
    for volunteer_id, team in current.values_list("volunteer_id", "unit__name"):
        if volunteer_id in servers:
            teams.setdefault(team, []).append(servers[volunteer_id])
    by_user = {volunteer.person.user_id: volunteer.number for volunteer in everybody}
    return Turnout(chance, teams, leaders={team: by_user[user.pk] for team, user in leaders.items()})


def _mornings_of_the_retired(
    city: City, turnout: Turnout, occasions: Sequence[Occasion], *, today: dt.date, minutes: int
) -> None:
    """300 hours from April to December: so much a retired volunteer served last year, and comes on Mondays since."""
    number = cast.volunteers()[0].number
    serves = next(server for server in turnout.teams[city.team] if server.number == number)
    mornings = [
        (starts_at.date(), Seat(place, slot, 0))
        for place, occasion in enumerate(occasions)
        for slot, (starts_at, _) in enumerate(occasion.slots)
        if occasion.team == city.team
    ]
    last_year = [seat for day, seat in mornings if day.year == today.year - 1 and day.month >= 4]
    for seat in last_year:
        if turnout.served_minutes < minutes:
            turnout.seat(serves, seat, occasions)
    for day, seat in mornings:
        if day.year == today.year and day.weekday() == 0:
            turnout.seat(serves, seat, occasions)


def _kinds(city: City) -> list[programme.Kind]:
    return programme.kinds_from(city.read("programme.json"))


def _teams(city: City) -> dict[str, Team]:
    """Every team with the unit above it, which is where people find it."""
    units = {unit.path: unit for unit in Unit.objects.all()}
    return {
        unit.name: _team(city, unit, units[path[: -Unit.steplen]])
        for path, unit in sorted(units.items())
        if unit.kind in (Unit.Kind.TEAM, Unit.Kind.PARTNER)
    }


def _team(city: City, unit: Unit, above: Unit) -> Team:
    is_of_health_centre = above.kind == Unit.Kind.HEALTH_CENTRE
    return Team(unit.name, above.name, city.township_of(unit), is_of_health_centre)


def _specialities(volunteer: Volunteer) -> list[str]:
    names = codes.names("speciality")
    return [names[code] for code in volunteer.specialities]
