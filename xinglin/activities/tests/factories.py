"""Shifts and sign-ups for tests: plain functions with good defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinglin.activities.models import Activity, Post, Shift, Signup
from xinglin.diary import actions as diary
from xinglin.lib.clock import SHANGHAI
from xinglin.organisation.models import Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Volunteer
from xinglin.projects.models import Project

TUESDAY_NINE = dt.datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)  # the day of the tests


def make_project(*, unit: Unit | None = None, name: str = "门诊导医", category: str = "0004") -> Project:
    if unit is None:
        unit = Unit.objects.filter(kind=Unit.Kind.TEAM).order_by("path").first() or make_unit(name="蓝衣陪护队")
    project, _ = Project.objects.get_or_create(
        unit=unit,
        name=name,
        defaults={"category": category, "not_own_duty": True, "created_at": TUESDAY_NINE - dt.timedelta(days=30)},
    )
    return project


def make_shift(
    places: int = 1,
    *,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    leader: Any = None,
    unit: Unit | None = None,
    name: str = "门诊导医",
    post: str = "导医",
    requires: str = "",
    **place: Any,
) -> Shift:
    """A shift of three hours with one post, by default at nine on the day of the tests."""
    starts_at = starts_at or TUESDAY_NINE
    facts = {
        "place_name": "门诊一楼大厅",
        "township": "安阳街道",
        "briefing": "带路、教用自助机",
        "risks": "久站；注意手卫生",
    }
    activity = Activity.objects.create(
        project=make_project(unit=unit, name=name),
        name=name,
        created_at=starts_at - dt.timedelta(days=30),
        **(facts | place),
    )
    shift = Shift.objects.create(
        activity=activity, starts_at=starts_at, ends_at=ends_at or starts_at + dt.timedelta(hours=3), leader=leader
    )
    make_post(shift, name=post, places=places, requires=requires)
    return shift


def make_post(shift: Shift, *, name: str = "导医", places: int = 1, requires: str = "") -> Post:
    return Post.objects.create(shift=shift, name=name, places=places, requires=requires)


def make_signup(
    shift: Shift, volunteer: Volunteer, *, post: Post | None = None, at: dt.datetime | None = None
) -> Signup:
    """The volunteer holds a place, written straight into the tables and the diary, without asking the rules."""
    signup = Signup.objects.create(
        post=post or shift.posts.order_by("pk")[0],
        shift=shift,
        volunteer=volunteer,
        taken_at=at or shift.starts_at - dt.timedelta(days=2),
    )
    diary.book(
        person=volunteer.person, starts_at=shift.starts_at, ends_at=shift.ends_at, source=f"signup:{signup.code}"
    )
    return signup
