"""Somebody says that they came, or forgot to check out: whoever leads there vouches for it, or has not seen them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.activities import queries, vouching
from xinglin.activities.models import Attendance
from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.organisation import queries as organisation


class Nods(Kind):
    """到场待确认."""

    name = "nod"
    tab = gettext_lazy("到场")
    choices = (
        Choice("nod", gettext_lazy("对，到了"), "a", is_main=True, together=gettext_lazy("这个班次的都到了")),
        Choice("deny", gettext_lazy("没看到"), "r"),
    )

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=attendance.signup.code,
                title=_("忘了签退") if attendance.left_how == Attendance.How.FORCED else _("到场待确认"),
                note=f"{attendance.signup.volunteer.person.name} · {attendance.signup.shift.activity.name}",
                since=attendance.came_at,
                state=_("待确认"),
                about=attendance.signup.source,
                alike=attendance.signup.shift.code,
            )
            for attendance in queries.waiting_for_nod(user, at=at)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Attendance:
        found = queries.waiting_for_nod(user, at=at).filter(signup__code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Attendance, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        return {"attendance": thing, "is_open": True, **queries.nod_looked_at(thing)}

    def decide(self, thing: Attendance, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        name = thing.signup.volunteer.person.name
        if verb == "nod":
            vouching.nod(attendance=thing, by=by, at=at)
            return _("确认了%(name)s到场") % {"name": name}
        vouching.deny(attendance=thing, by=by, at=at)
        return _("记下了，%(name)s这次不算到场") % {"name": name}

    def undo_minutes(self, thing: Attendance, *, at: dt.datetime) -> int:
        return int(organisation.policy("undo_minutes", thing.signup.shift.activity.project.unit, at=at))

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        signup = queries.signup_vouched_by(by, code)
        if signup is None:
            raise WaitsNoLonger
        if verb == "deny":
            vouching.take_back_denial(signup=signup, by=by, at=at)
            return
        attendance = getattr(signup, "attendance", None)
        if attendance is None:
            raise WaitsNoLonger
        vouching.take_back_nod(attendance=attendance, by=by, at=at)
