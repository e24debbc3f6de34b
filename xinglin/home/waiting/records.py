"""A service record waits for a second person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinglin.home.rules import Todo
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.hours import actions, queries, words
from xinglin.hours.models import Record
from xinglin.lib import clock
from xinglin.lib.web.words import minutes_said
from xinglin.organisation import queries as organisation


class Records(Kind):
    """时长待确认."""

    name = "record"
    tab = gettext_lazy("时长")
    choices = (
        Choice("confirm", gettext_lazy("确认这条"), "a", is_main=True, together=gettext_lazy("同一批的都确认")),
        Choice("void", gettext_lazy("作废这条"), "r", needs_reason=True),
    )
    reasons = (
        gettext_lazy("和签到表对不上"),
        gettext_lazy("这段时间本人在值班"),
        gettext_lazy("登记错了人"),
    )

    def waiting(self, user: Any, *, at: dt.datetime, most: int) -> list[Todo]:
        return [
            Todo(
                kind=self.name,
                code=record.code,
                title=_("时长待确认 %(minutes)s") % {"minutes": minutes_said(record.minutes)},
                note=f"{record.person.name} · {record.title}",
                since=record.recorded_at,
                state=_("缺手续") if record.lacks else _("待确认"),
                about=record.source,
                alike=_batch(record),
            )
            for record in queries.waiting_for_confirmation(user)[:most]
        ]

    def find(self, user: Any, code: str, *, at: dt.datetime) -> Record:
        return queries.record_seen_by(user, code)

    def looked_at(self, thing: Record, *, user: Any, at: dt.datetime) -> dict[str, Any]:
        is_open = thing.state == Record.State.RECORDED and user.pk not in (thing.person.user_id, thing.recorded_by_id)
        told = {"history": words.history_said(thing), "lacks": words.lacks_said(thing)}
        return {"record": thing, "is_open": is_open, **told, **queries.day_of(thing)}

    def decide(self, thing: Record, verb: str, *, by: Any, reason: str, at: dt.datetime) -> str:
        facts = {"name": thing.person.name, "minutes": minutes_said(thing.minutes)}
        if verb == "confirm":
            actions.confirm(record=thing, by=by, at=at)
            return _("确认了%(name)s的 %(minutes)s") % facts
        actions.void(record=thing, by=by, reason=reason, at=at)
        return _("作废了%(name)s的 %(minutes)s，原因本人看得到") % facts

    def undo_minutes(self, thing: Record, *, at: dt.datetime) -> int:
        return int(organisation.policy("undo_minutes", thing.unit, at=thing.recorded_at))

    def take_back(self, code: str, verb: str, *, by: Any, at: dt.datetime) -> None:
        verb_back = actions.take_back_confirmation if verb == "confirm" else actions.restore
        verb_back(record=self.find(by, code, at=at), by=by, at=at)


def _batch(record: Record) -> str:
    """What was entered in one go: the same work on the same day, from the same hand, known in the same way.

    A record of somebody who lacked something is looked at by itself.
    """
    if record.lacks:
        return ""
    day = clock.local_day(record.starts_at)
    return f"{record.unit_id}|{record.title}|{day}|{record.recorded_by_id}|{record.provenance}"
