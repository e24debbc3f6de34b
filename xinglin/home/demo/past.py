"""Service written in bulk into the same tables as today's: activities, sign-ups, attendance, records, minutes."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from xinglin.accounts.models import User
from xinglin.activities import rules
from xinglin.activities.models import Activity, Attendance, Post, Shift, Signup
from xinglin.audit.models import Entry
from xinglin.diary.models import Commitment
from xinglin.home.demo.city import City
from xinglin.home.demo.copying import copy, count_anew
from xinglin.home.demo.programme import Occasion
from xinglin.home.demo.turnout import Stay
from xinglin.hours import queries as hours
from xinglin.hours import rules as hours_rules
from xinglin.hours.models import Record
from xinglin.hours.rules import Terms
from xinglin.lib import clock
from xinglin.lib.ids import ALPHABET
from xinglin.organisation.models import Unit
from xinglin.people.models import Volunteer
from xinglin.projects import actions as projects
from xinglin.projects.models import Project
from xinglin.timebank import actions as timebank
from xinglin.timebank.rules import LARGEST_BATCH, Service

How = Attendance.How
NODDED_AFTER = dt.timedelta(minutes=45)  # of the shift's end: a leader goes through what still waits
FORCED_AFTER = dt.timedelta(minutes=31)
ENTERED_AFTER = dt.timedelta(hours=20)  # times that a leader entered from memory the next day
CONFIRMED_AFTER = dt.timedelta(hours=6)  # the second person's word after that
JOB_COMES_AFTER = dt.timedelta(minutes=2)
BATCH = LARGEST_BATCH // 2  # one service may take two transfers: the member's, and above a cap the overflow's


class Codes:
    """Public codes out of a seed, so that the same day makes the same city."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._given: set[str] = set()

    def __call__(self) -> str:
        code = "".join(self.chance.choices(ALPHABET, k=8))
        if code in self._given:
            return self()
        self._given.add(code)
        return code


@dataclass(frozen=True)
class Cast:
    """Who leads each team's shifts, who confirms what was entered from memory, and everybody by their number."""

    leaders: Mapping[str, User]
    reviewer: User
    volunteers: Mapping[str, Volunteer]


@dataclass
class Stage:
    """The programme as it stands in the tables."""

    city: City
    occasions: Sequence[Occasion]
    units: Mapping[str, Unit]
    terms: Mapping[int, Terms]  # the policies each unit's records fall under
    projects: list[Project] = field(default_factory=list)
    shifts: dict[tuple[int, int], Shift] = field(default_factory=dict)  # by occasion and slot
    posts: dict[tuple[int, int, int], Post] = field(default_factory=dict)  # … and post


def set_up(
    city: City, occasions: Sequence[Occasion], cast: Cast, codes: Codes, *, state: str, at: dt.datetime
) -> Stage:
    """Write activities, shifts and posts; projects are opened as anyone opens them."""
    units = {unit.name: unit for unit in Unit.objects.filter(name__in={one.team for one in occasions})}
    terms = {unit.pk: hours.terms_at(unit, at=at) for unit in units.values()}
    stage = Stage(city, occasions, units, terms)
    stage.projects = _projects(occasions, units, at=at)
    activities = [
        _activity(city, one, project, codes(), at=at) for one, project in zip(occasions, stage.projects, strict=True)
    ]
    copy(activities)
    for number, (one, activity) in enumerate(zip(occasions, activities, strict=True)):
        leader = cast.leaders.get(one.team)
        for slot, (starts_at, ends_at) in enumerate(one.slots):
            stage.shifts[number, slot] = Shift(
                code=codes(), activity=activity, starts_at=starts_at, ends_at=ends_at, state=state, leader=leader
            )
    copy(list(stage.shifts.values()))
    for (number, slot), shift in stage.shifts.items():
        for place, post in enumerate(occasions[number].kind.posts):
            stage.posts[number, slot, place] = Post(
                code=codes(), shift=shift, name=post.name, places=post.places, requires=post.requires
            )
    copy(list(stage.posts.values()))
    return stage


def sign_up(stage: Stage, stays: Sequence[Stay], cast: Cast, codes: Codes) -> list[Signup]:
    """Write who took which place, and everybody's diary."""
    signups = [_signup(stage, stay, cast, codes()) for stay in stays]
    copy(signups)
    copy(
        [
            Commitment(
                person_id=signup.volunteer.person_id,
                span=DateTimeTZRange(signup.shift.starts_at, signup.shift.ends_at),
                source=signup.source,
                released_at=signup.cancelled_at,
            )
            for signup in signups
        ]
    )
    return signups


def serve(
    stage: Stage, stays: Sequence[Stay], signups: Sequence[Signup], cast: Cast, codes: Codes, *, at: dt.datetime
) -> int:
    """Write who came and left, the record of each service, and its credit; answers the minutes served."""
    came = [(stay, signup) for stay, signup in zip(stays, signups, strict=True) if stay.came_at is not None]
    attendances = [_attendance(stay, signup, codes) for stay, signup in came]
    copy(attendances)
    records = [
        _record(stage, stay, attendance, cast.reviewer, codes())
        for (stay, _), attendance in zip(came, attendances, strict=True)
    ]
    records = sorted((record for record in records if record.minutes), key=lambda one: (one.effective_at, one.code))
    _credit(records, at=at)
    copy(records)
    entries: list[Entry] = [entry for record in records for entry in _entries(record)]
    entries.sort(key=lambda entry: entry.at)
    copy(entries)
    return sum(record.minutes for record in records)


# Rows -------------------------------------------------------------------------------------------------------------


def _projects(occasions: Sequence[Occasion], units: Mapping[str, Unit], *, at: dt.datetime) -> list[Project]:
    keys = [(one.team, one.kind.name) for one in occasions]
    firsts = {key: one for key, one in reversed(list(zip(keys, occasions, strict=True)))}
    opened = {
        key: projects.open_project(
            unit=units[one.team],
            name=one.kind.name,
            category=one.kind.category,
            not_own_duty=True,
            actor=None,
            at=min(at, one.starts_at),
        )
        for key, one in firsts.items()
    }
    return [opened[key] for key in keys]


def _activity(city: City, one: Occasion, project: Project, code: str, *, at: dt.datetime) -> Activity:
    point = city.place(one.township, one.place)
    return Activity(
        code=code,
        project=project,
        name=one.kind.name,
        place_name=one.place,
        township=one.township,
        latitude=point.latitude,
        longitude=point.longitude,
        briefing=one.kind.briefing,
        risks=one.kind.risks,
        guarantees=one.kind.guarantees,
        source=one.key,
        created_at=min(at, one.starts_at - dt.timedelta(days=10)),
    )


def _signup(stage: Stage, stay: Stay, cast: Cast, code: str) -> Signup:
    seat = stay.seat
    return Signup(
        code=code,
        post=stage.posts[seat.occasion, seat.slot, seat.post],
        shift=stage.shifts[seat.occasion, seat.slot],
        volunteer=cast.volunteers[stay.number],
        state=Signup.State.TAKEN if stay.cancelled_at is None else Signup.State.CANCELLED,
        taken_at=stay.taken_at,
        cancelled_at=stay.cancelled_at,
    )


def _attendance(stay: Stay, signup: Signup, codes: Codes) -> Attendance:
    """As the house writes it: what a person's own phone shows, or what the leader saw, entered or nodded to."""
    assert stay.came_at is not None
    assert stay.left_at is not None
    leader = signup.shift.leader
    how = stay.how if leader is not None else How.CODE.value
    own = signup.volunteer.person.user
    marker = leader if how in (How.LEADER, How.TEAM_ENTRY) else own
    entered_at = signup.shift.ends_at + ENTERED_AFTER if how == How.TEAM_ENTRY else None
    attendance = Attendance(
        signup=signup,
        came_at=stay.came_at,
        came_how=How.CODE if how == How.FORCED else how,
        came_marked_at=entered_at or stay.came_at,
        came_marked_by=marker,
        left_at=stay.left_at,
        left_how=how,
        left_marked_at=entered_at or stay.left_at,
        left_marked_by=marker,
    )
    if how == How.LOCATION:
        attendance.came_distance_m, attendance.left_distance_m = (
            codes.chance.randint(4, 90),
            codes.chance.randint(4, 90),
        )
    if how == How.FORCED:
        attendance.left_marked_at, attendance.left_marked_by = signup.shift.ends_at + FORCED_AFTER, None
    if how in (How.NOD, How.FORCED):
        attendance.nodded_by, attendance.nodded_at = leader, signup.shift.ends_at + NODDED_AFTER
    return attendance


def _record(stage: Stage, stay: Stay, attendance: Attendance, reviewer: User, code: str) -> Record:
    signup, left_at, recorded_at = attendance.signup, attendance.left_at, attendance.left_marked_at
    assert left_at is not None
    assert recorded_at is not None
    shift, project = signup.shift, stage.projects[stay.seat.occasion]
    part = rules.served(shift.slot, came_at=attendance.came_at, left_at=left_at)
    provenance = rules.weaker(attendance.came_how, attendance.left_how)
    terms = stage.terms[project.unit_id]
    minutes = rules.served_minutes(shift.slot, came_at=attendance.came_at, left_at=left_at)
    minutes = hours_rules.rounded(minutes, terms.rounding)
    is_entered = provenance == How.TEAM_ENTRY
    confirmed_by = reviewer if is_entered else attendance.nodded_by
    confirmed_at = recorded_at + CONFIRMED_AFTER if is_entered else attendance.nodded_at
    takes_effect_at = hours_rules.takes_effect_at(
        at=confirmed_at or recorded_at, undo_minutes=terms.undo_minutes, publication_days=terms.publication_days
    )
    return Record(
        code=code,
        person=signup.volunteer.person,
        unit=project.unit,
        source=signup.source,
        title=f"{shift.activity.name} · {signup.post.name}",
        category=project.category,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        minutes=minutes,
        provenance=provenance,
        state=Record.State.EFFECTIVE,
        recorded_at=recorded_at,
        recorded_by=attendance.left_marked_by,
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_at,
        takes_effect_at=takes_effect_at,
        effective_at=takes_effect_at + JOB_COMES_AFTER,
        is_credited=hours_rules.is_credited(
            minutes=minutes, provenance=provenance, category=project.category, terms=terms
        ),
        rate_percent=terms.rate_percent(project.category),
        daily_limit_minutes=terms.daily_credit_minutes or None,
    )


def _credit(records: Sequence[Record], *, at: dt.datetime) -> None:
    """Hand the time bank what it takes, in the order of time; a record notes what was credited for it."""
    given = [record for record in records if record.is_credited]
    for start in range(0, len(given), BATCH):
        batch = given[start : start + BATCH]
        terms = hours.crediting_terms(batch, at=at)
        services = [
            Service(
                person_id=record.person_id,
                key=f"record:{record.code}",
                minutes=record.minutes,
                reason=record.title,
                origin=f"record:{record.code}",
                at=record.effective_at,
                day=clock.local_day(record.starts_at),
                terms=terms[record.code],
            )
            for record in batch
        ]
        answers = timebank.credit_service(services=services, at=batch[0].starts_at)
        count_anew("timebank_account", "timebank_transfer")
        for record, answer in zip(batch, answers, strict=True):
            assert answer.stands, f"a credit of the past was answered {answer.outcome} {answer.reason or ''}"
            record.credited_minutes = answer.credited_minutes


def _entries(record: Record) -> Iterator[Entry]:
    """The trail of one record, as its history page reads it."""
    facts: dict[str, Any] = {"minutes": record.minutes, "provenance": record.provenance}
    yield _entry(record, "recorded_service", record.recorded_by, record.recorded_at, facts)
    if record.confirmed_at is not None:
        yield _entry(record, "confirmed_record", record.confirmed_by, record.confirmed_at, {})
    facts = {"minutes": record.minutes, "credited_minutes": record.credited_minutes}
    yield _entry(record, "record_took_effect", None, record.effective_at, facts)


def _entry(record: Record, verb: str, by: User | None, at: dt.datetime | None, facts: dict[str, Any]) -> Entry:
    assert at is not None
    return Entry(
        at=at,
        actor_code=by.code if by is not None else "",
        verb=verb,
        thing=f"record:{record.code}",
        unit_path=record.unit.path,
        facts=facts,
    )
