"""Somebody wants to join a team, or another unit asks for a volunteer, for good or for a while."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.people.models import Move
from xinglin.people.teams import moving, queries


class Moves(Kind):
    """入队、转队、借调."""

    name = "move"
    tab = gettext_lazy("队伍")
    choices = (
        Choice("agree", gettext_lazy("同意"), "a", is_main=True),
        Choice("refuse", gettext_lazy("不同意"), "t", needs_reason=True),
    )
    reasons = (gettext_lazy("我们这里也缺人"), gettext_lazy("这支队伍眼下满员"), gettext_lazy("请先和队长聊一聊"))

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        moves = queries.decided_by(user).filter(state=Move.State.ASKED).exclude(asked_by=user).order_by("asked_at")
        return [
            Todo(
                kind=self.name,
                code=move.code,
                title=str(move.get_kind_display()),
                note=f"{move.volunteer.person.name} → {move.to_unit.name}",
                since=move.asked_at,
                state=_("等您同意"),
            )
            for move in moves[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Move:
        found = queries.decided_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Move, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_open = thing.state == Move.State.ASKED and thing.asked_by_id != user.pk
        return {"chosen": thing, "volunteer": thing.volunteer, "is_open": is_open}

    def decide(self, thing: Move, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        move = moving.decide(move=thing, agrees=verb == "agree", answer=reason, by=by, at=at)
        if move.state == Move.State.REFUSED:
            return _("已回复不同意")
        if move.state == Move.State.DONE:
            return _("%(name)s 已加入%(team)s") % {"name": move.volunteer.person.name, "team": move.to_unit.name}
        return _("已同意，接着问本人")

    def undo_minutes(self, thing: Move, *, at: dt.datetime) -> int:
        return 0  # the volunteer learns of it at once

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise WaitsNoLonger
