"""The national lists' words as a page says them: Chinese is the code list's own, English stands in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.lib import codes


def said(code_list: str, code: str) -> str:
    """One code in the language of the page; a code that the list no longer has says nothing."""
    name = codes.names(code_list).get(code)
    return gettext(name) if name else ""


def all_said(code_list: str, chosen: Iterable[str]) -> list[str]:
    return [words for words in (said(code_list, code) for code in chosen) if words]


def choices(code_list: str) -> list[tuple[str, str]]:
    """Pairs for a form, in the language of the page: hand the function over, so that each request asks anew."""
    return [(code, said(code_list, code)) for code in codes.names(code_list)]


# Why lines of a roster go back, by the code of the reason.
REASONS = {
    "no_name": _("没有姓名"),
    "bad_name": _("姓名不像姓名"),
    "no_document_number": _("没有证件号码"),
    "document_spoilt_by_sheet": _("证件号码被表格改成了数字"),
    "wrong_document_length": _("身份证号码不是 18 位"),
    "wrong_check_digit": _("身份证号码最后一位对不上"),
    "bad_document_number": _("证件号码不对"),
    "unknown_document_kind": _("证件类型不在列表里"),
    "unknown_sex": _("性别不是男或女"),
    "sex_contradicts_document": _("性别和身份证不一致"),
    "no_birthday": _("没有出生日期"),
    "bad_birthday": _("出生日期不对"),
    "birthday_contradicts_document": _("出生日期和身份证不一致"),
    "too_young": _("不满队伍收人的年龄"),
    "short_phone": _("手机号码少位"),
    "bad_phone": _("手机号码不对"),
    "no_unit": _("没有队伍"),
    "unknown_unit": _("没有这支队伍"),
    "bad_date": _("日期读不懂"),
    "unknown_political_status": _("政治面貌不在列表里"),
    "unknown_education": _("学历不在列表里"),
    "unknown_employment": _("从业状况不在列表里"),
    "unknown_speciality": _("特长不在列表里"),
    "unknown_availability_half_day": _("时段不在列表里"),
    "too_long": _("内容太长"),
    "document_contradicts": _("证件和前面的人相同，其他不一致"),
    "phone_of_another": _("手机号码已给别人用"),
    "has_applied": _("已在手机上申请"),
    "has_left": _("已经退出"),
    "unit_of_another": _("队伍不归导入的人管"),
}
