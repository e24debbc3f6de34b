"""What the first pages show: the desk's to-do list, the volunteer's own day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from xinglin.activities import queries as activities
from xinglin.home.rules import Todo, in_order
from xinglin.hours import queries as hours
from xinglin.lib.web.templatetags.xinglin_tags import minutes as in_words
from xinglin.people import queries as people

MOST = 200  # a desk with more than this waiting needs helpers, not a longer page


def todos(user: Any, *, at: dt.datetime) -> list[Todo]:
    """Everything that waits for a decision of this user, longest wait first; each source scopes to the asker."""
    return in_order([*_applications(user), *_nods(user, at=at), *_records(user)])


def database_answers() -> bool:
    """Does the database answer? For the health page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _applications(user: Any) -> list[Todo]:
    return [
        Todo(
            kind="people",
            title=_("加入申请"),
            note=f"{application.person.name} · {application.unit.name}",
            since=application.submitted_at,
            url=reverse("people:application", args=[application.code]),
            state=_("待审核"),
        )
        for application in people.waiting_applications(user)[:MOST]
    ]


def _nods(user: Any, *, at: dt.datetime) -> list[Todo]:
    return [
        Todo(
            kind="attendance",
            title=_("到场待确认"),
            note=f"{attendance.signup.volunteer.person.name} · {attendance.signup.shift.activity.name}",
            since=attendance.came_at,
            url=reverse("activities:lead", args=[attendance.signup.shift.code]),
            state=_("待确认"),
        )
        for attendance in activities.waiting_for_nod(user, at=at)[:MOST]
    ]


def _records(user: Any) -> list[Todo]:
    return [
        Todo(
            kind="hours",
            title=_("时长待确认 %(minutes)s") % {"minutes": in_words(record.minutes)},
            note=f"{record.person.name} · {record.title}",
            since=record.recorded_at,
            url=reverse("hours:record", args=[record.code]),
            state=_("待确认"),
        )
        for record in hours.waiting_for_confirmation(user)[:MOST]
    ]
