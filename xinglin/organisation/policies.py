"""The policies there are, with the value that holds where no unit has set one. Days and minutes are never in code elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Default:
    """A policy's value until a unit sets its own, and what it decides."""

    value: Any
    meaning: str


DEFAULTS: dict[str, Default] = {
    "publication_days": Default(0, "记录公示多少天后生效"),
    "undo_minutes": Default(5, "签到、签退后几分钟内可以撤销"),
    "credited_provenance": Default(["code", "location", "nod", "leader", "forced"], "哪些来源的时长存入时间银行"),
    "early_minutes": Default(30, "班次开始前几分钟可以签到"),
    "late_minutes": Default(30, "班次结束后几分钟内还可以自己签退"),
    "cancel_hours": Default(12, "班次开始前几小时内取消要联系带队人"),
    "minimum_age": Default(16, "报名班次的最小年龄"),
    "rounding": Default("none", "时长取整：none、down5、down10、down15"),
}
