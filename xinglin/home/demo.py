"""The demo: Ruian's tree, its roster and its month's plan, and some people to sign in as. Safe to load again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts import second_factor
from xinglin.accounts.models import User
from xinglin.activities.models import Activity, Post, Shift
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people.models import Volunteer
from xinglin.projects.models import Project

FOLDER = settings.BASE_DIR / "demo" / "ruian"
PASSWORD = "xinglin-demo-2026"  # of demo people only; production refuses to start beside them
HOSPITAL = "瑞安市人民医院"
TEAM = "市人民医院志愿服务队"
PLACES = [  # invented points inside Ruian, WGS-84; the plan names places but no coordinates
    ("瑞安市人民医院门诊一楼大厅自助机旁", "安阳街道", 27.7793, 120.6519),
]


@dataclass(frozen=True)
class Staff:
    """A demo person with a role: how they sign in, what they are called, where they stand."""

    login_name: str
    name: str
    role: str
    unit: str
    totp_secret: str


STAFF = [
    Staff("wangmin", "王敏", "coordinator", HOSPITAL, "KVWXEZLBNVRW6ZTBOJXGC3DF"),
    Staff("chenlixin", "陈立新", "bureau_administrator", "瑞安市卫生健康局", "MNUGK3TMNF4GS3RAOJ2WSYLO"),
    Staff("zhaoyan", "赵岩", "reviewer", "瑞安市卫生健康局", "PJUGC33ZMFXCA4TVNFQW4ZDF"),
    Staff("zhouzheng", "周正", "auditor", "瑞安市卫生健康局", "PJUG65LIOVXGOIDEMVWW6ZDB"),
]


class NotADemo(Refusal):
    """The demo is only loaded where its people may live: never in production, never beside real people."""

    code = "not_a_demo"
    message = (
        "演示数据只能装进空的或演示用的数据库 · demo data goes into an empty database, or one that is a demo's already"
    )


def load(*, at: dt.datetime, say: Any) -> None:
    """Load what is missing of the demo. Everything already there stays as it is."""
    if settings.MODE == "production" or (User.objects.exists() and not User.objects.filter(is_demo=True).exists()):
        raise NotADemo
    with transaction.atomic():
        if not Unit.objects.exists():
            _plant(json.loads((FOLDER / "units.json").read_text(encoding="utf-8")), parent=None, at=at)
            say("组织：50 支队伍 · 50 teams")
        _staff(at=at)
    if not Volunteer.objects.exists():
        bad = settings.VAR_DIR / "demo" / "roster-bad-rows.xlsx"
        bad.parent.mkdir(parents=True, exist_ok=True)
        call_command("import_roster", str(FOLDER / "roster.xlsx"), bad_rows=bad)
    # Whoever lives in a demo's database is a demo person: production refuses to start beside them.
    User.objects.filter(is_demo=False).update(is_demo=True)
    if not Shift.objects.filter(starts_at__gt=at + dt.timedelta(days=3)).exists():
        day = clock.local_day(at)
        call_command("import_plan", str(FOLDER / "plan-2020-12.xlsx"), shift_to=day.isoformat(), not_own_duty=True)
    with transaction.atomic():
        _leader(at=at)
        _shift_that_is_on(at=at)


def volunteers() -> list[Volunteer]:
    """Two of the roster to sign in as: one who serves, one who leads; the same ones each time."""
    of_team = Volunteer.objects.filter(memberships__unit__name=TEAM, state=Volunteer.State.ACTIVE)
    adults = of_team.filter(person__born_on__lt=dt.date(2000, 1, 1), person__user__phone_blind__isnull=False)
    return list(adults.select_related("person__user").order_by("number")[:2])


def _plant(node: dict[str, Any], *, parent: Unit | None, at: dt.datetime) -> None:
    division_code = node.get("division_code") or (parent.division_code if parent else "")
    unit = organisation.add_unit(
        name=node["name"], kind=node["kind"], parent=parent, division_code=division_code, actor=None, at=at
    )
    for below in node.get("below", []):
        _plant(below, parent=unit, at=at)


def _staff(*, at: dt.datetime) -> None:
    there = set(
        User.objects.filter(login_name__in=[one.login_name for one in STAFF]).values_list("login_name", flat=True)
    )
    for one in STAFF:
        if one.login_name in there:
            continue
        user = accounts.register(login_name=one.login_name, name=one.name, at=at, is_demo=True)
        accounts.set_password(user=user, password=PASSWORD, at=at)
        second_factor.set_totp(user=user, secret=one.totp_secret, at=at)
        organisation.grant_role(user=user, unit=Unit.objects.get(name=one.unit), name=one.role, granted_by=None, at=at)


def _leader(*, at: dt.datetime) -> None:
    """The second of the two leads the team and its shifts."""
    _, leader = volunteers()
    team = Unit.objects.get(name=TEAM)
    held = Role.objects.filter(user=leader.person.user, unit=team, name=Role.Name.TEAM_LEADER, ends_at__isnull=True)
    if not held.exists():
        organisation.grant_role(user=leader.person.user, unit=team, name=Role.Name.TEAM_LEADER, granted_by=None, at=at)
    Shift.objects.filter(activity__project__unit=team, leader__isnull=True).update(leader=leader.person.user)


def _shift_that_is_on(*, at: dt.datetime) -> None:
    """Whoever opens the demo, at any hour, finds a shift that can be taken and checked into now."""
    starts_at = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    if Shift.objects.filter(
        activity__source="demo:now", starts_at__gte=starts_at - dt.timedelta(hours=1), state=Shift.State.OPEN
    ).exists():
        return
    team = Unit.objects.get(name=TEAM)
    project, _ = Project.objects.get_or_create(
        unit=team, name="门诊导医", defaults={"category": "0004", "not_own_duty": True, "created_at": at}
    )
    place_name, township, latitude, longitude = PLACES[0]
    activity, _ = Activity.objects.get_or_create(
        source="demo:now",
        defaults={
            "project": project,
            "name": "门诊导医",
            "place_name": place_name,
            "township": township,
            "latitude": latitude,
            "longitude": longitude,
            "briefing": "在自助机旁教大家挂号、缴费、取报告，给找不到诊室的人带路。第一次来的人会和老队员搭档。",
            "risks": "久站；注意手卫生",
            "guarantees": "提供饮水和蓝马甲",
            "created_at": at,
        },
    )
    leader = volunteers()[1].person.user
    ends_at = starts_at + dt.timedelta(hours=3)
    shift = Shift.objects.create(
        activity=activity, starts_at=starts_at, ends_at=ends_at, closes_at=ends_at, leader=leader
    )
    Post.objects.create(shift=shift, name="导医", places=6)
    Post.objects.create(shift=shift, name="轮椅陪护", places=2)
