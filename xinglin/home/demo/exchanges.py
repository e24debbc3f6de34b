"""What people of the demo city want of each other today: to be read, to be lent, to be let go, to be given to."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import User
from xinglin.activities import queries as activities
from xinglin.activities.models import Shift
from xinglin.circulars import actions as circulars
from xinglin.circulars.models import Circular
from xinglin.home.demo import cast
from xinglin.home.demo.city import City
from xinglin.home.demo.living import id_number
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Role, Unit
from xinglin.people import actions as people
from xinglin.people import guardians, relations
from xinglin.people import queries as people_queries
from xinglin.people.models import DocumentText, Guardianship, Move, Relation, Volunteer
from xinglin.people.teams import moving
from xinglin.timebank.actions import requests

CHILD = "胡小满"
CHILD_IS = 17  # years old: may apply alone, and takes a shift when a guardian says yes


@transaction.atomic
def begin(city: City, *, at: dt.datetime) -> None:
    """Once: circulars, a loan that waits for the volunteer's word, a child who would like to come, a grant."""
    if Circular.objects.exists():
        return
    coordinates, administers = (_acting(name) for name in ("wangmin", "chenlixin"))
    serves, leads = cast.volunteers()
    hospital, team = Unit.objects.get(name=city.hospital), Unit.objects.get(name=city.team)
    _circulars(Unit.objects.get(name=city.told["bureau"]), hospital, by=(administers, coordinates), at=at)
    other = Unit.objects.filter(kind=Unit.Kind.TEAM, closed_at=None).exclude(pk=team.pk).order_by("path").first()
    if other is not None:
        _loan(serves, team, other, by=administers, at=at)
    child = _child(city, team, by=coordinates, at=at)
    _guarded(child, serves, by=coordinates, at=at)
    relations.register(
        person=serves.person, relative=leads.person, kind=Relation.Kind.FRIEND, paper="当面说的", by=coordinates, at=at
    )
    with contextlib.suppress(Refusal):  # in a small city the pool may hold less
        requests.ask(
            kind="pool_grant",
            unit=hospital,
            person=leads.person,
            minutes=60,
            reason="家里有人住院，请队友陪护",
            by=coordinates,
            at=at - dt.timedelta(hours=5),
        )


def _circulars(bureau: Unit, hospital: Unit, *, by: tuple[User, User], at: dt.datetime) -> None:
    everybody = Circular.Audience.EVERYBODY
    # They go to those who are there when they are written, and the roster has only just been taken in.
    at = max(at, Role.objects.aggregate(last=Max("starts_at"))["last"])
    circulars.write(
        unit=bureau,
        audience=everybody,
        title="入冬以后的服务提醒",
        text="天冷路滑，出门留够时间。进病区戴口罩、洗手；自己发热、咳嗽的，请在手机上取消班次，好了再来。",
        by=by[0],
        at=at,
    )
    circulars.write(
        unit=hospital,
        audience=everybody,
        title="门诊楼一层施工",
        text="东侧电梯停用到月底。带路时请走西侧电梯，轮椅从急诊坡道进。",
        by=by[1],
        at=at,
    )


def _loan(volunteer: Volunteer, here: Unit, there: Unit, *, by: User, at: dt.datetime) -> None:
    today = clock.local_day(at)
    moving.propose(
        kind=Move.Kind.LOAN,
        volunteer=volunteer,
        from_unit=here,
        to_unit=there,
        starts_on=today + dt.timedelta(days=4),
        until=today + dt.timedelta(days=60),
        reason="那边门诊导医缺人，请您帮两个月",
        by=by,
        at=at - dt.timedelta(hours=3),
    )


def _child(city: City, team: Unit, *, by: User, at: dt.datetime) -> Volunteer:
    """A pupil who was taken in this morning."""
    moment = at - dt.timedelta(hours=30)
    born_on = dt.date(clock.local_day(at).year - CHILD_IS, 3, 15)
    phone = f"1993{born_on:%Y%m%d}"[:11]
    user = accounts.register(login_name=f"phone-{phone}", name=CHILD, phone=phone, at=moment, is_demo=True)
    draft = people.Draft(
        name=CHILD,
        id_kind="01",
        id_number=id_number(city.told["divisions"][0], born_on, "F"),
        unit=team,
        township=city.centre,
        specialities=(),
        half_days=(),
        note="周末可以来。",
        privacy_version=people_queries.text(DocumentText.Kind.PRIVACY, at=moment).version,
    )
    application = people.apply(user=user, draft=draft, at=moment)
    return people.approve(application=application, by=by, at=moment + dt.timedelta(hours=20))


def _guarded(child: Volunteer, guardian: Volunteer, *, by: User, at: dt.datetime) -> None:
    """Her grandparent decides: has said yes, and finds on the phone that she would like to come."""
    row = guardians.register(
        child=child.person,
        guardian=guardian.person,
        capacity=Guardianship.Capacity.GRANDPARENT,
        paper="户口簿",
        by=by,
        at=at - dt.timedelta(hours=9),
    )
    guardians.consent(guardianship=row, at=at - dt.timedelta(hours=8))
    coming = Shift.objects.filter(state=Shift.State.OPEN, starts_at__gt=at + dt.timedelta(days=1)).order_by("starts_at")
    shift = coming.filter(activity__project__unit=child.memberships.get().unit).first() or coming.first()
    if shift is not None:
        post = activities.posts_of(shift)[0]
        guardians.wish(child=child.person, source=f"post:{post.code}", at=at - dt.timedelta(hours=2))


def _acting(login_name: str) -> Any:
    """One of the staff, as if they sat at the desk."""
    user: Any = User.objects.get(login_name=login_name)
    user.has_second_factor = True
    return user
