"""Two accounts that are one human being, and somebody who asked to be forgotten. No key does what can't be undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.lib.errors import BadInput
from xinglin.office import erasing, merging, whole
from xinglin.organisation import queries as organisation
from xinglin.people.models import Erasure, Merging


class Mergings(Kind):
    """合并账号."""

    name = "merging"
    tab = gettext_lazy("合并")
    choices = (
        Choice("merge", gettext_lazy("是同一个人，合并"), "", is_main=True),
        Choice("decline", gettext_lazy("不同意"), "r", needs_reason=True),
    )
    reasons = (gettext_lazy("不是同一个人"), gettext_lazy("证件没有看清"), gettext_lazy("应该保留另一个账号"))

    def seldom(self, user: Any, *, at: dt.datetime) -> QuerySet[Any]:
        return Merging.objects.filter(state=Merging.State.WAITING).exclude(proposed_by=user)

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        if not organisation.may_anywhere(user, merging.VERB):
            return []
        return [
            Todo(
                kind=self.name,
                code=one.code,
                title=_("合并 %(name)s") % {"name": one.kept.name},
                note=_("%(name)s 提出") % {"name": one.proposed_by.name},
                since=one.proposed_at,
                state=_("等您同意"),
            )
            for one in merging.waiting_for(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Merging:
        found = merging.seen_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Merging, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_open = merging.waiting_for(user).filter(pk=thing.pk).exists()
        return {"chosen": thing, "is_open": is_open} | (
            merging.compared(thing.kept, thing.gone, at=at) if thing.state == Merging.State.WAITING else {}
        )

    def decide(self, thing: Merging, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        if verb == "merge":
            merging.agree(merging=thing, by=by, at=at)
            return _("已经合并，不能撤销")
        merging.decline(merging=thing, by=by, reason=reason, at=at)
        return _("没有同意合并")

    def undo_minutes(self, thing: Merging, *, at: dt.datetime) -> int:
        return 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise BadInput  # the rows of both are one person's from then on


class Erasures(Kind):
    """注销，等待期过了."""

    name = "erasure"
    tab = gettext_lazy("注销")
    choices = (
        Choice("erase", gettext_lazy("办理注销，不能恢复"), "", is_main=True),
        Choice("decline", gettext_lazy("不办理"), "r", needs_reason=True),
    )
    reasons = (gettext_lazy("还有没办完的事"), gettext_lazy("材料没有看清"))

    def seldom(self, user: Any, *, at: dt.datetime) -> QuerySet[Any]:
        return Erasure.objects.filter(state=Erasure.State.WAITING, decide_from__lte=at)

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        if not organisation.may_anywhere(user, erasing.VERB):
            return []
        return [
            Todo(
                kind=self.name,
                code=one.code,
                title=_("注销 %(name)s") % {"name": one.person.name},
                note=str(one.get_cause_display()),
                since=one.decide_from,
                state=_("等待期已过"),
            )
            for one in erasing.due_for(user, at=at)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Erasure:
        found = erasing.seen_by(user).filter(code=code).first()
        if found is None:
            raise WaitsNoLonger
        return found

    def looked_at(self, thing: Erasure, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_waiting = thing.state == Erasure.State.WAITING
        return {
            "chosen": thing,
            "is_open": erasing.due_for(user, at=at).filter(pk=thing.pk).exists(),
            "open_things": whole.open_things(whole.whole(thing.person), at=at) if is_waiting else [],
        }

    def decide(self, thing: Erasure, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        if verb == "erase":
            erasing.carry_out(erasure=thing, by=by, at=at)
            return _("已经注销，不能恢复")
        erasing.decline(erasure=thing, by=by, reason=reason, at=at)
        return _("没有办理，原因本人看得到")

    def undo_minutes(self, thing: Erasure, *, at: dt.datetime) -> int:
        return 0

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        raise BadInput  # what is gone is gone
