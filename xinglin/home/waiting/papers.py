"""A volunteer handed in a paper, or would like to come back; where two must decide, it waits for the second."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.organisation import queries as organisation
from xinglin.people.models import Submission
from xinglin.people.vetting import queries, submissions

UNDOABLE = (Submission.What.PAPERS, Submission.What.INTERVIEW, Submission.What.NO_RECORD, Submission.What.HEALTH)


class Papers(Kind):
    """材料审核."""

    name = "paper"
    tab = gettext_lazy("材料")
    choices = (
        Choice("accept", gettext_lazy("通过"), "a", is_main=True, together=gettext_lazy("同类里看过的都通过")),
        Choice("refuse", gettext_lazy("不通过"), "r", needs_reason=True),
    )
    reasons = (
        gettext_lazy("照片看不清，请重新拍一张"),
        gettext_lazy("证件上的姓名和登记的不一样"),
        gettext_lazy("已经过期了，请换新的再交"),
    )

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=one.code,
                title=one.title or one.get_what_display(),
                note=f"{one.volunteer.person.name} · {one.unit.name}",
                since=one.submitted_at,
                state=str(one.get_state_display()),
                alike=f"{one.what}|{one.unit_id}",
            )
            for one in queries.waiting_for(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Submission:
        found = queries.decided_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Submission, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        waits = thing.state in submissions.OPEN
        return {
            "submission": thing,
            "is_open": waits and thing.first_by_id != user.pk,
            "seen": submissions.was_seen(thing, by=user),
            "until": submissions.until_of(thing, at=at),
            "asks_two": waits and submissions.needs_two(thing, at=at),
            "others": queries.second_eyes(thing.unit, but=thing.first_by or user, at=at) if waits else [],
        }

    def decide(self, thing: Submission, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        facts = {"name": thing.volunteer.person.name, "what": thing.title or thing.get_what_display()}
        if verb == "refuse":
            submissions.refuse(submission=thing, by=by, reason=reason, at=at)
            return _("已回复%(name)s，%(what)s这次没有通过") % facts
        decided = submissions.accept(submission=thing, by=by, at=at)
        if decided.state == Submission.State.HALF:
            return _("您的同意记下了，%(name)s的%(what)s还等第二个人") % facts
        return _("%(name)s的%(what)s通过了") % facts

    def undo_minutes(self, thing: Submission, *, at: dt.datetime) -> int:
        return int(organisation.policy("undo_minutes", thing.unit, at=at)) if thing.what in UNDOABLE else 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        submissions.take_back(submission=self.find(by, code, at=at), by=by, at=at)
