"""Somebody wants to become a volunteer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.organisation import queries as organisation
from xinglin.people import actions
from xinglin.people import queries as people
from xinglin.people.models import Application


class Applications(Kind):
    """加入申请."""

    name = "application"
    tab = gettext_lazy("人员")
    choices = (
        Choice("approve", gettext_lazy("通过"), "a", is_main=True),
        Choice("ask_back", gettext_lazy("请补充材料"), "r", needs_reason=True),
        Choice("refuse", gettext_lazy("不通过"), "t", needs_reason=True),
    )
    reasons = (
        gettext_lazy("请带身份证原件来核对一次"),
        gettext_lazy("请写清楚特长和有空的时间"),
        gettext_lazy("这支队伍眼下满员，欢迎改投别的队伍"),
    )

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=application.code,
                title=_("申请加入"),
                note=f"{application.person.name} · {application.unit.name}",
                since=application.submitted_at,
                state=_("待审核"),
            )
            for application in people.first_waiting_applications(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Application:
        found = people.applications_decided_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Application, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_open = thing.state == Application.State.SUBMITTED and thing.person.user_id != user.pk
        return {"chosen": thing, "is_open": is_open, **people.looked_at(thing, at=at)}

    def decide(self, thing: Application, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        if verb == "approve":
            taken_in = actions.approve(application=thing, by=by, at=at)
            facts = {"name": thing.person.name, "number": taken_in.number}
            return _("%(name)s已通过，志愿者编号 %(number)s") % facts
        if verb == "ask_back":
            actions.ask_back(application=thing, by=by, reason=reason, at=at)
            return _("已请%(name)s补充") % {"name": thing.person.name}
        actions.refuse(application=thing, by=by, reason=reason, at=at)
        return _("已回复%(name)s，这次没有通过") % {"name": thing.person.name}

    def undo_minutes(self, thing: Application, *, at: dt.datetime) -> int:
        return int(organisation.policy("undo_minutes", thing.unit, at=at))

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        verb_back = actions.take_back_approval if verb == "approve" else actions.reopen
        verb_back(application=self.find(by, code, at=at), by=by, at=at)
