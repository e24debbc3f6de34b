"""What is going on in the demo city today: a shift that is on, and things that wait for somebody's decision."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from stdnum.cn import ric

from xinglin.accounts import actions as accounts
from xinglin.activities import actions as activities
from xinglin.activities.evidence import AWAITING_NOD, BY_LEADER, Evidence
from xinglin.activities.models import Activity, Attendance, Post, Shift, Signup
from xinglin.diary.models import Commitment
from xinglin.home.demo import cast
from xinglin.home.demo.city import City
from xinglin.lib import codes
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Unit
from xinglin.people import actions as people
from xinglin.people import queries as people_queries
from xinglin.people.models import Application, DocumentText, Volunteer
from xinglin.projects import actions as projects
from xinglin.recognition import actions as recognition
from xinglin.recognition import queries as recognition_queries
from xinglin.timebank.actions import gifts

CODE = Evidence(Attendance.How.CODE)
PLACE = "{hospital}门诊一楼自助机旁"
LASTS = dt.timedelta(hours=3)
MOST_ROUNDS = 40  # of granting stars, 500 persons each


@transaction.atomic
def begin(city: City, *, at: dt.datetime, say: Callable[[str], object]) -> None:
    """Once: applications that wait, and a shift of this morning whose marks wait for a second pair of eyes."""
    if Application.objects.exists():
        return
    for applicant in city.read("applicants.json"):
        _apply(city, applicant, at=at)
    shift = _shift(city, "demo:earlier", starts_at=_quarter(at - dt.timedelta(hours=6)), at=at - dt.timedelta(days=3))
    _a_morning_with_loose_ends(city, shift, at=at)
    _gifts(at=at)
    say("等人决定的：申请、到场、时长 · things that wait for a decision")


def grant_stars(*, at: dt.datetime) -> None:
    """Whoever has the minutes has the star at once, as the job would have granted it over the years."""
    for scheme in recognition_queries.schemes_in_force(at=at):
        for _round in range(MOST_ROUNDS):
            if not recognition.grant_stars(scheme=scheme, at=at):
                break


@transaction.atomic
def keep_a_shift_on(city: City, *, at: dt.datetime) -> None:
    """Whoever opens the demo, at any hour, finds a shift that can be taken and checked into now."""
    starts_at = _quarter(at)
    recent = Shift.objects.filter(activity__source="demo:now", starts_at__gte=starts_at - dt.timedelta(hours=1))
    if recent.filter(state=Shift.State.OPEN).exists():
        return
    shift = _shift(city, "demo:now", starts_at=starts_at, at=at)
    with_time = _with_time(city, shift)
    taken = [signup for signup in (_take(shift, next(with_time), at=at) for _ in range(4)) if signup is not None]
    for signup, evidence in zip(taken, (CODE, CODE, AWAITING_NOD), strict=False):
        activities.come(signup=signup, evidence=evidence, by=signup.volunteer.person.user, at=at)


def _gifts(*, at: dt.datetime) -> None:
    """The leader, and the one who serves week after week, have each left an hour or two to the hospital's pool."""
    serves, leads = cast.volunteers()
    for volunteer, minutes in ((serves, 120), (leads, 60)):
        with contextlib.suppress(Refusal):  # in a small city the leader may have served less
            gifts.give(giver=volunteer.person, receiver=None, minutes=minutes, words="留给更需要的人", at=at)


def _a_morning_with_loose_ends(city: City, shift: Shift, *, at: dt.datetime) -> None:
    """Two wait for a nod, two forgot to check out, two were entered by the leader from memory; two did all well."""
    before, came_at, left_at = shift.starts_at - dt.timedelta(days=2), shift.starts_at, shift.ends_at
    with_time = _with_time(city, shift)
    for marks in ("nod", "nod", "forgot", "forgot", "entered", "entered", "code", "code"):
        signup = _take(shift, next(with_time), at=before)
        if signup is None:
            continue
        own = signup.volunteer.person.user
        if marks == "entered":
            later = left_at + dt.timedelta(minutes=50)
            activities.come(signup=signup, evidence=BY_LEADER, by=shift.leader, at=later, came_at=came_at)
            activities.leave(signup=signup, evidence=BY_LEADER, by=shift.leader, at=later, left_at=left_at)
            continue
        evidence = AWAITING_NOD if marks == "nod" else CODE
        activities.come(signup=signup, evidence=evidence, by=own, at=came_at + dt.timedelta(minutes=3))
        if marks != "forgot":
            activities.leave(signup=signup, evidence=evidence, by=own, at=left_at)
    activities.close_forgotten(at=at)


def _shift(city: City, source: str, *, starts_at: dt.datetime, at: dt.datetime) -> Shift:
    team = Unit.objects.get(name=city.team)
    project = projects.open_project(unit=team, name="门诊导医", category="0004", not_own_duty=True, actor=None, at=at)
    place = PLACE.format(hospital=city.hospital)
    point = city.place(city.centre, place)
    activity, _ = Activity.objects.get_or_create(
        source=source,
        defaults={
            "project": project,
            "name": "门诊导医",
            "place_name": place,
            "township": city.centre,
            "latitude": point.latitude,
            "longitude": point.longitude,
            "briefing": "在自助机旁教大家挂号、缴费、取报告，给找不到诊室的人带路。第一次来的人会和老队员搭档。",
            "risks": "久站；注意手卫生",
            "guarantees": "提供饮水和蓝马甲",
            "created_at": at,
        },
    )
    ends_at = starts_at + LASTS
    leader = cast.volunteers()[1].person.user
    shift = Shift.objects.create(
        activity=activity, starts_at=starts_at, ends_at=ends_at, closes_at=ends_at, leader=leader
    )
    Post.objects.create(shift=shift, name="导医", places=8)
    Post.objects.create(shift=shift, name="轮椅陪护", places=2)
    return shift


def _with_time(city: City, shift: Shift) -> Iterator[Volunteer]:
    """Members of the team who have signed and whose diary is empty then; not those one signs in as."""
    span = (shift.starts_at, shift.ends_at)
    busy = Commitment.objects.filter(person=OuterRef("person"), released_at=None, span__overlap=span)
    members = Volunteer.objects.filter(memberships__unit__name=city.team, agreements__isnull=False)
    members = members.exclude(pk__in=[one.pk for one in cast.volunteers()]).exclude(Exists(busy))
    chosen = list(members.select_related("person__user").order_by("number")[:40])
    random.Random(shift.starts_at.isoformat()).shuffle(chosen)
    return iter(chosen)


def _take(shift: Shift, volunteer: Volunteer, *, at: dt.datetime) -> Signup | None:
    """A place, if the house gives them one: somebody may be too young."""
    try:
        return activities.take_shift(volunteer=volunteer, post=shift.posts.order_by("pk")[0], at=at)
    except Refusal:
        return None


def _apply(city: City, applicant: dict[str, Any], *, at: dt.datetime) -> None:
    moment, born_on = at - dt.timedelta(hours=applicant["hours_ago"]), dt.date.fromisoformat(applicant["born_on"])
    phone = f"1992{born_on:%Y%m%d}"[:11]
    user = accounts.register(login_name=f"phone-{phone}", name=applicant["name"], phone=phone, at=moment, is_demo=True)
    draft = people.Draft(
        name=applicant["name"],
        id_kind="01",
        id_number=id_number(city.told["divisions"][0], born_on, applicant["sex"]),
        unit=Unit.objects.get(name=applicant["team"]),
        township=applicant["township"],
        specialities=_coded("speciality", applicant["speciality"]),
        half_days=_coded("availability_half_day", applicant["half_day"]),
        note=applicant["note"],
        privacy_version=people_queries.text(DocumentText.Kind.PRIVACY, at=moment).version,
    )
    people.apply(user=user, draft=draft, at=moment)


def _coded(code_list: str, name: str) -> tuple[str, ...]:
    return (codes.codes(code_list)[name],) if name else ()


def id_number(division: str, born_on: dt.date, sex: str) -> str:
    """An invented number with a right check digit."""
    body = f"{division}{born_on:%Y%m%d}99{8 if sex == 'F' else 9}"
    return body + ric.calc_check_digit(body + "0")


def _quarter(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
