"""The policies there are, and the value of each where no unit has set one. No other code holds days or minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.organisation.errors import BadPolicyValue


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, said with its measure."""

    least: int
    most: int
    measure: Any


@dataclass(frozen=True)
class One:
    """One of several words."""

    words: Mapping[str, Any]


@dataclass(frozen=True)
class Several:
    """Any of several words, at least one."""

    words: Mapping[str, Any]


Shape = Whole | One | Several


@dataclass(frozen=True)
class Default:
    """A policy's value until a unit sets its own, what it decides, and which values it can take."""

    value: Any
    meaning: Any
    shape: Shape = field(default_factory=lambda: Whole(0, 10_000, ""))


PROVENANCES = {
    "code": _("扫动态码"),
    "location": _("定位签到"),
    "nod": _("带队人点头"),
    "leader": _("带队人登记"),
    "forced": _("系统代签"),
    "team_entry": _("团队补录"),
    "claim": _("本人补报"),
    "import": _("历史导入"),
}
ROUNDINGS = {
    "none": _("不取整，按实际分钟"),
    "down5": _("向下取整到5分钟"),
    "down10": _("向下取整到10分钟"),
    "down15": _("向下取整到15分钟"),
}

DEFAULTS: dict[str, Default] = {
    "publication_days": Default(0, _("记录公示多少天后生效"), Whole(0, 30, _("天"))),
    "undo_minutes": Default(5, _("签到、签退后几分钟内可以撤销"), Whole(0, 60, _("分钟"))),
    "credited_provenance": Default(
        ["code", "location", "nod", "leader", "forced"], _("哪些来源的时长存入时间银行"), Several(PROVENANCES)
    ),
    "early_minutes": Default(30, _("班次开始前几分钟可以签到"), Whole(0, 240, _("分钟"))),
    "late_minutes": Default(30, _("班次结束后几分钟内还可以自己签退"), Whole(0, 240, _("分钟"))),
    "entry_minutes": Default(15, _("带队人登记过去的时间，超过几分钟算补录，要另一人确认"), Whole(0, 240, _("分钟"))),
    "cancel_hours": Default(12, _("班次开始前几小时内取消要联系带队人"), Whole(0, 168, _("小时"))),
    "minimum_age": Default(16, _("报名班次的最小年龄"), Whole(6, 70, _("岁"))),
    "rounding": Default("none", _("时长取整"), One(ROUNDINGS)),
}


def checked(name: str, value: Any) -> Any:
    """The value as it will be stored, from a form's words or a program's value; refuses what makes no sense."""
    default = DEFAULTS[name]
    match default.shape:
        case Whole() as whole:
            return _whole(default, whole, value)
        case One(words):
            if value not in words:
                raise BadPolicyValue(meaning=default.meaning, why=gettext("请从列出的选项里选一个"))
            return value
        case Several(words):
            if not isinstance(value, list) or not value or any(word not in words for word in value):
                raise BadPolicyValue(meaning=default.meaning, why=gettext("请至少勾选一项列出的选项"))
            return sorted(set(value), key=list(words).index)


def in_words(name: str, value: Any) -> str:
    """The value as people say it."""
    match DEFAULTS[name].shape:
        case Whole(measure=measure):
            return f"{value} {measure}".strip()
        case One(words):
            return str(words.get(value, value))
        case Several(words):
            return gettext("、").join(str(words.get(word, word)) for word in value)


def _whole(default: Default, whole: Whole, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not whole.least <= int(text) <= whole.most:
        why = gettext("请填 %(least)s 到 %(most)s 之间的整数") % {"least": whole.least, "most": whole.most}
        raise BadPolicyValue(meaning=default.meaning, why=why)
    return int(text)
