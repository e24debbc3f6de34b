"""Refusals about whoever stands on the paper: who is meant, and why they cannot be put down."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class NobodyRecognised(BadInput):
    """What stands on the paper means nobody whom the leader may see."""

    code = "nobody_recognised"
    message = _("没有认出“{said}”是谁。写编号最准；不是本单位的，请编号和姓名都写上")


class SeveralOfThatName(BadInput):
    """The paper's name belongs to several, or its number to somebody of another name."""

    code = "several_of_that_name"
    message = _("可能是下面{count}位，请选一位再保存")


class NumberOfAnother(BadInput):
    """The paper's number belongs to somebody of another name."""

    code = "number_of_another"
    message = _("编号和姓名对不上。是下面这位的话，选中再保存")


class TheyAreBusy(Refusal):
    """Whoever stood on the paper is committed elsewhere at that time."""

    code = "they_are_busy"
    message = _("{name}那段时间另有安排（{when}），不能再记在这里。请看看是不是认错了人")


class TheyDoNotFit(Refusal):
    """Whoever stood on the paper cannot be put down: no agreement, too young, without the ability."""

    code = "they_do_not_fit"
    message = _("{name}还不能记上：{why}")
