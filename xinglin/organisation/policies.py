"""The policies there are, and the value of each where no unit has set one. No other code holds days or minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.lib import codes
from xinglin.organisation.errors import BadPolicyValue


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, said with its measure."""

    least: int
    most: int
    measure: Any
    zero: Any = None  # what nought means, where it is no amount: no limit, never …


@dataclass(frozen=True)
class One:
    """One of several words."""

    words: Mapping[str, Any]


@dataclass(frozen=True)
class Several:
    """Any of several words; at least one, unless none has a meaning of its own."""

    words: Mapping[str, Any]
    none: Any = None  # what it means when nothing is ticked; without it nobody may tick nothing


@dataclass(frozen=True)
class Each:
    """A whole number for each of many words. Kept are only those that differ from what is usual."""

    words: Mapping[str, Any]
    least: int
    most: int
    usual: int
    measure: Any


Shape = Whole | One | Several | Each


@dataclass(frozen=True)
class Default:
    """A policy's value until a unit sets its own, what it decides, and which values it can take."""

    value: Any
    meaning: Any
    shape: Shape = field(default_factory=lambda: Whole(0, 10_000, ""))
    of_timebank: bool = False  # shown under the time bank's own heading


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


def _of_bank(value: Any, meaning: Any, shape: Shape) -> Default:
    return Default(value, meaning, shape, of_timebank=True)


OVERFLOW = {"city": _("全市的超额账户"), "unit": _("本单位的超额账户")}
GIFTS = {
    "family": _("父母、配偶、子女"),
    "relative": _("其他亲属"),
    "friend": _("朋友"),
    "pool": _("单位公益池"),
    "team": _("本人的志愿服务队"),
}
TEAM_GIFTS = {"pool": _("单位公益池"), "need": _("本单位有困难的志愿者")}
ORDER_PAYMENT = {
    "nobody": _("求助的人不付，志愿者的时间由时间银行存入"),
    "volunteer": _("求助的人付给志愿者"),
    "bank": _("求助的人付给时间银行，志愿者的时间由时间银行存入"),
}
DONATE_ONLY = {"minor": _("未成年人")}
CONFIRMATION = {"yes": _("对方点头才到账"), "no": _("送出就到账")}
GUARDIAN_DECIDES = {"each": _("每次都由监护人点头"), "once": _("同意一次，满了年龄可以自己报名")}
NO_LIMIT = _("不限")
# The gates of vetting in the order in which people pass them, and the kinds of service that ask for more than others.
GATES = {
    "review": _("资料审核"),
    "papers": _("核对证件原件"),
    "interview": _("见面聊聊"),
    "training": _("防护培训与考试"),
    "agreement": _("签服务协议"),
    "insurance": _("投保"),
    "no_record": _("无犯罪记录证明"),
    "health": _("健康证明"),
}
KINDS_OF_SERVICE = {
    "wards": _("进病区"),
    "home_visit": _("上门入户"),
    "child_care": _("照看儿童"),
    "dangerous": _("有一定危险"),
}
NO_GATE = _("不另设关")
TWO_DECIDE = {
    **{gate: GATES[gate] for gate in ("papers", "interview", "no_record", "health")},
    "qualification": _("证书"),
    "return": _("恢复在岗"),
}
STAGES = {
    "90": _("90天"),
    "60": _("60天"),
    "30": _("30天"),
    "14": _("14天"),
    "7": _("7天"),
    "3": _("3天"),
    "1": _("1天"),
}
RATES = Each(codes.names("service_category"), 0, 300, 100, "%")

DEFAULTS: dict[str, Default] = {
    "publication_days": Default(0, _("记录公示多少天后生效"), Whole(0, 30, _("天"))),
    "undo_minutes": Default(5, _("签到、签退和工作人员的决定，几分钟内可以撤销"), Whole(0, 60, _("分钟"))),
    "credited_provenance": Default(
        ["code", "location", "nod", "leader", "forced"],
        _("哪些来源的时长存入时间银行"),
        Several(PROVENANCES),
        of_timebank=True,
    ),
    "early_minutes": Default(30, _("班次开始前几分钟可以签到"), Whole(0, 240, _("分钟"))),
    "late_minutes": Default(30, _("班次结束后几分钟内还可以自己签退"), Whole(0, 240, _("分钟"))),
    "entry_minutes": Default(15, _("带队人登记过去的时间，超过几分钟算补录，要另一人确认"), Whole(0, 240, _("分钟"))),
    "mark_hours": Default(24, _("班次结束后几小时内，带队人还可以登记和录入签到表"), Whole(1, 336, _("小时"))),
    "expiry_notice_days": Default(30, _("资格证书到期前多少天提醒本人"), Whole(0, 365, _("天"))),
    "expiry_stages": Default(
        ["60", "30", "7"], _("证书、各道关和保险到期前几天发通知，过期再发一次"), Several(STAGES, none=_("不发"))
    ),
    "cancel_hours": Default(12, _("班次开始前几小时内取消要联系带队人"), Whole(0, 168, _("小时"))),
    "minimum_age": Default(16, _("满多少岁可以自己报名班次"), Whole(6, 70, _("岁"))),
    "accompanied_age": Default(10, _("不满多少岁要监护人陪同参加"), Whole(0, 18, _("岁"))),
    "lowest_age": Default(6, _("不满多少岁不能参加"), Whole(0, 18, _("岁"))),
    "guardian_decides": Default("each", _("未成年人报名，监护人怎么决定"), One(GUARDIAN_DECIDES)),
    "not_for_minors": Default(
        ["0013"], _("未成年人不能参加哪几类服务"), Several(codes.names("service_category"), none=_("没有"))
    ),
    "move_answer_days": Default(14, _("转队、借调、入队申请等答复几天，过了作废"), Whole(1, 90, _("天"))),
    "redemption_lag_percent": Default(
        30, _("用掉的不到存入的百分之几，就提醒“好存难用”（0 不提醒）"), Whole(0, 100, "%")
    ),
    "star_publication_days": Default(0, _("新的星级公示多少天后算数"), Whole(0, 60, _("天"))),
    "gates": Default(["review", "agreement"], _("报名任何班次以前要过哪些关"), Several(GATES, none=NO_GATE)),
    "gates_wards": Default(["health"], _("进病区的服务还要过哪些关"), Several(GATES, none=NO_GATE)),
    "gates_home_visit": Default(["no_record"], _("上门入户的服务还要过哪些关"), Several(GATES, none=NO_GATE)),
    "gates_child_care": Default(["no_record"], _("照看儿童的服务还要过哪些关"), Several(GATES, none=NO_GATE)),
    "gates_dangerous": Default([], _("有一定危险的服务，除了投保还要过哪些关"), Several(GATES, none=NO_GATE)),
    "two_decide": Default([], _("哪些要两个人都同意才算"), Several(TWO_DECIDE, none=_("一个人就可以"))),
    "health_months": Default(12, _("健康证明从开具那天起几个月有效"), Whole(0, 120, _("个月"), _("长期"))),
    "no_record_months": Default(12, _("无犯罪记录证明从开具那天起几个月有效"), Whole(0, 120, _("个月"), _("长期"))),
    "exam_questions": Default(5, _("上岗考试出几道题"), Whole(1, 50, _("道"))),
    "exam_pass_percent": Default(80, _("上岗考试答对百分之几算通过"), Whole(1, 100, "%")),
    "exam_tries_a_day": Default(0, _("上岗考试一天最多考几次"), Whole(0, 20, _("次"), NO_LIMIT)),
    "training_months": Default(0, _("上岗考试通过以后几个月要再考"), Whole(0, 120, _("个月"), _("不用再考"))),
    "paper_days": Default(90, _("交来的材料在决定以后几天删除"), Whole(1, 3650, _("天"))),
    "rounding": Default("none", _("时长取整"), One(ROUNDINGS)),
    "erasure_wait_days": Default(
        15, _("要求注销以后等几天才办理，这几天里可以撤回"), Whole(0, 60, _("天"), _("不用等"))
    ),
    "retention_years": Default(
        10, _("退出满几年的志愿者，个人信息到期注销（先通知，可以要求留下）"), Whole(0, 50, _("年"), _("不到期"))
    ),
    "applicant_days": Default(
        180,
        _("没有通过、撤回了或没有补充的申请，过几天清掉申请人的资料；多久没人用的账号关掉（先通知）"),
        Whole(0, 3650, _("天"), _("不到期")),
    ),
    "copy_hours": Default(72, _("资料副本做好以后，几小时内可以下载"), Whole(1, 720, _("小时"))),
    "credit_rates": _of_bank(
        {}, _("每类服务的时间按百分之几存入"), Each(codes.names("service_category"), 0, 300, 100, "%")
    ),
    "daily_credit_minutes": _of_bank(0, _("一人一天最多存入多少分钟"), Whole(0, 1440, _("分钟"), NO_LIMIT)),
    "holding_cap_hours": _of_bank(0, _("一人最多存多少小时，超出的转存"), Whole(0, 10_000, _("小时"), NO_LIMIT)),
    "overflow_to": _of_bank("city", _("超出上限的时间转到哪里"), One(OVERFLOW)),
    "overdraft_minutes": _of_bank(
        0, _("可用时间用完以后，最多可以预支多少分钟，以后存入的先补上"), Whole(0, 6000, _("分钟"), _("不可以预支"))
    ),
    "low_balance_minutes": _of_bank(0, _("可用时间少于多少分钟时提醒本人"), Whole(0, 6000, _("分钟"), _("不提醒"))),
    "starting_minutes": _of_bank(0, _("新志愿者开户送多少分钟，一人一次"), Whole(0, 6000, _("分钟"), _("不送"))),
    "expiry_months": _of_bank(0, _("存入的时间多少个月后到期，先存先用"), Whole(0, 240, _("个月"), _("不到期"))),
    "expiry_warning_days": _of_bank(60, _("到期前几天提醒本人"), Whole(7, 365, _("天"))),
    "spending_age": _of_bank(0, _("满多少岁可以使用时间"), Whole(0, 100, _("岁"), NO_LIMIT)),
    "hardship_age": _of_bank(0, _("有困难的人满多少岁可以使用时间"), Whole(0, 100, _("岁"), NO_LIMIT)),
    "permitted_gifts": _of_bank(
        ["family", "relative", "pool", "team"], _("时间可以送给谁"), Several(GIFTS, none=_("都不可以"))
    ),
    "team_gifts": _of_bank(["pool", "need"], _("志愿服务队的时间可以捐给谁"), Several(TEAM_GIFTS, none=_("都不可以"))),
    "gift_confirmation": _of_bank("yes", _("送给人的时间要不要对方点头"), One(CONFIRMATION)),
    "donate_only": _of_bank(["minor"], _("谁的时间只能捐、不能用"), Several(DONATE_ONLY, none=_("没有"))),
    "adult_age": _of_bank(18, _("满多少岁算成年"), Whole(14, 30, _("岁"))),
    "order_payment": _of_bank("nobody", _("点单的时间谁来付"), One(ORDER_PAYMENT)),
    "order_hold_days": _of_bank(30, _("点单预留的时间最多留几天，过了退回"), Whole(1, 365, _("天"))),
    "voucher_hold_days": _of_bank(
        730, _("换券预留的时间最多留几天，过了退回；权益自己定得更短的按权益"), Whole(1, 730, _("天"))
    ),
    "gift_hold_days": _of_bank(7, _("送出的时间等对方点头几天，过了退回"), Whole(1, 60, _("天"))),
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
        case Several(words, none):
            is_empty = not value and none is None
            if not isinstance(value, list) or is_empty or any(word not in words for word in value):
                raise BadPolicyValue(meaning=default.meaning, why=gettext("请至少勾选一项列出的选项"))
            return sorted(set(value), key=list(words).index)
        case Each() as each:
            return _each(default, each, value)


def in_words(name: str, value: Any) -> str:
    """The value as people say it."""
    match DEFAULTS[name].shape:
        case Whole(zero=zero) if value == 0 and zero is not None:
            return str(zero)
        case Whole(measure=measure):
            return f"{value} {measure}".strip()
        case One(words):
            return str(words.get(value, value))
        case Several(words, none):
            return gettext("、").join(str(words.get(word, word)) for word in value) or str(none)
        case Each() as each:
            said = [f"{gettext(each.words[word])} {number}{each.measure}" for word, number in value.items()]
            rest = gettext("其余") if said else gettext("全部")
            return gettext("、").join([*said, f"{rest} {each.usual}{each.measure}"])


def _each(default: Default, each: Each, value: Any) -> dict[str, int]:
    """The numbers that differ from the usual one, in the order of the words."""
    if not isinstance(value, dict) or any(word not in each.words for word in value):
        raise BadPolicyValue(meaning=default.meaning, why=gettext("请从列出的选项里选一个"))
    bounds = Whole(each.least, each.most, each.measure)
    numbers = {word: _whole(default, bounds, value[word]) for word in each.words if word in value}
    return {word: number for word, number in numbers.items() if number != each.usual}


def _whole(default: Default, whole: Whole, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not whole.least <= int(text) <= whole.most:
        why = gettext("请填 %(least)s 到 %(most)s 之间的整数") % {"least": whole.least, "most": whole.most}
        raise BadPolicyValue(meaning=default.meaning, why=why)
    return int(text)
