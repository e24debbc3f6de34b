"""What somebody of the staff asks to move or to forgive waits for the second person. What was done can't be undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.lib import clock
from xinglin.lib.errors import BadInput
from xinglin.lib.web.words import minutes_said
from xinglin.people import queries as people
from xinglin.timebank import actions as timebank
from xinglin.timebank import owing, requesting
from xinglin.timebank.actions import requests as actions
from xinglin.timebank.rules import AccountKind


class Minutes(Kind):
    """账务待办."""

    name = "minutes"
    tab = gettext_lazy("账务")
    choices = (
        Choice("agree", gettext_lazy("同意，入账"), "a", is_main=True),
        Choice("decline", gettext_lazy("不同意"), "r", needs_reason=True),
    )
    reasons = (
        gettext_lazy("没有说清为什么"),
        gettext_lazy("分钟数不对"),
        gettext_lazy("选错了人"),
    )

    def seldom(self, user: Any, *, at: dt.datetime) -> QuerySet[Any]:
        return requesting.undecided_by(user)

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=request.code,
                title=f"{request.get_kind_display()} {minutes_said(request.minutes)}",
                note=f"{_whom(request)} · {request.unit.name}",
                since=request.asked_at,
                state=_("待决定"),
            )
            for request in requesting.requests_waiting_for(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Any:
        return requesting.request_seen_by(user, code)

    def looked_at(self, thing: Any, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        return {
            "asked": thing,
            "is_open": requesting.may_decide(thing, user),
            "original": requesting.original_of(thing),
            "pool_minutes": requesting.balance_of_unit(thing.unit, AccountKind.POOL),
            "reserve_minutes": requesting.balance_of_unit(thing.unit, AccountKind.RESERVE),
            "team_minutes": requesting.balance_of_unit(thing.unit, AccountKind.TEAM),
            "in_need": thing.person is not None and people.is_in_hardship(thing.person, on=clock.local_day(at)),
        }

    def decide(self, thing: Any, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        said = {"kind": thing.get_kind_display(), "minutes": minutes_said(thing.minutes)}
        if verb == "agree":
            actions.agree(request=thing, by=by, at=at)
            return _("%(kind)s %(minutes)s 已入账，不能撤销") % said
        actions.decline(request=thing, by=by, reason=reason, at=at)
        return _("没有同意 %(kind)s %(minutes)s") % said

    def undo_minutes(self, thing: Any, *, at: dt.datetime) -> int:
        return 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise BadInput  # what stands in the ledger is corrected by another request


class Forgivenesses(Kind):
    """免还待办."""

    name = "forgiveness"
    tab = gettext_lazy("免还")
    choices = (
        Choice("forgive", gettext_lazy("同意，不用还了"), "a", is_main=True),
        Choice("decline", gettext_lazy("不同意"), "r"),
    )

    def seldom(self, user: Any, *, at: dt.datetime) -> QuerySet[Any]:
        return owing.undecided_by(user)

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=asked.code,
                title=_("免还 %(minutes)s") % {"minutes": minutes_said(asked.debt.owed_minutes)},
                note=_owed_by(asked),
                since=asked.asked_at,
                state=_("待决定"),
            )
            for asked in owing.forgivenesses_waiting_for(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Any:
        return owing.forgiveness_seen_by(user, code)

    def looked_at(self, thing: Any, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        return {"asked": thing, "debt": thing.debt, "is_open": owing.may_decide(thing, user)}

    def decide(self, thing: Any, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        if verb == "forgive":
            done = timebank.forgive(forgiveness=thing, by=by, at=at)
            return _("免还了 %(minutes)s，不能撤销") % {"minutes": minutes_said(done.forgiven_minutes)}
        timebank.decline_to_forgive(forgiveness=thing, by=by, at=at)
        return _("没有同意免还，欠的时间还在")

    def undo_minutes(self, thing: Any, *, at: dt.datetime) -> int:
        return 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise BadInput  # somebody who was told that they owe nothing is not told otherwise


def _owed_by(asked: Any) -> str:
    return str(asked.debt.debtor.name)


def _whom(request: Any) -> str:
    if request.person is not None:
        return str(request.person.name)
    return str(_("公益池")) if request.kind == "team_gift" else str(request.unit.name)
