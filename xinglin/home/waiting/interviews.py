"""A talk has taken place, or should have: somebody says how it went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.people.models import Interview
from xinglin.people.vetting import interviews, progress

State = Interview.State
STATES = {"pass": State.PASSED, "fail": State.FAILED, "missed": State.MISSED}


class Interviews(Kind):
    """面谈结果."""

    name = "interview"
    tab = gettext_lazy("面谈")
    choices = (
        Choice("pass", gettext_lazy("聊得好，通过"), "a", is_main=True),
        Choice("fail", gettext_lazy("这次不合适"), "r", needs_reason=True),
        Choice("missed", gettext_lazy("没有来"), "t"),
    )
    reasons = (
        gettext_lazy("时间眼下对不上，过一阵再聊"),
        gettext_lazy("建议先参加一次培训再来"),
        gettext_lazy("证件原件没有带来"),
    )

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=one.code,
                title=_("面谈怎么样"),
                note=f"{one.volunteer.person.name} · {one.slot.place}",
                since=one.slot.starts_at,
                state=str(one.get_state_display()),
            )
            for one in interviews.waiting_for(user, at=at)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Interview:
        found = interviews.decided_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Interview, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_open = thing.state == State.BOOKED and thing.slot.starts_at <= at
        return {"interview": thing, "is_open": is_open, "progress": progress.of(thing.volunteer, at=at)}

    def decide(self, thing: Interview, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        name = thing.volunteer.person.name
        waits = interviews.decide(interview=thing, state=STATES[verb], notes=reason, by=by, at=at)
        if waits is not None:
            return _("您的同意记下了，%(name)s的面谈还等第二个人") % {"name": name}
        return {
            "pass": _("%(name)s的面谈通过了"),
            "fail": _("记下了，%(name)s看得到原因"),
            "missed": _("记下了，%(name)s可以另约时间"),
        }[verb] % {"name": name}

    def undo_minutes(self, thing: Interview, *, at: dt.datetime) -> int:
        return 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise WaitsNoLonger  # a gate that was opened by mistake is taken back on the volunteer's page
