"""The history of a record as people say it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from xinglin.hours import queries
from xinglin.hours.models import Record
from xinglin.people import duty

# What the trail calls it → how people say it
SAID = {
    "recorded_service": gettext_lazy("记下了这次服务"),
    "confirmed_record": gettext_lazy("确认了这次服务"),
    "record_took_effect": gettext_lazy("生效"),
    "voided_record": gettext_lazy("作废"),
    "took_back_confirmation": gettext_lazy("撤销了确认"),
    "moved_record": gettext_lazy("两个账号合并，归到现在的名下"),
    "restored_record": gettext_lazy("撤销了作废"),
}


def history_said(record: Record) -> list[dict[str, Any]]:
    """What was done to a record, the earliest first, as lines of a page."""
    return [
        {
            "said": SAID.get(step.verb, step.verb),
            "who": step.who,
            "at": step.at,
            "reason": step.reason,
            "returned_minutes": step.returned_minutes,
            "owed_minutes": step.owed_minutes,
        }
        for step in queries.history_of(record)
    ]


def lacks_said(record: Record) -> str:
    """What the person lacked when they served; mostly nothing."""
    return duty.said(record.lacks)
