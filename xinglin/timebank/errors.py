"""Refusals of the time bank."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotFound, Refusal


class AlreadySpent(Refusal):
    """Taking these minutes back would leave the member below the floor."""

    code = "already_spent"
    message = _("这些时间已经用掉了一部分，现在收不回来。请先和本人说好，再联系管理员处理")


class NotInTheLedger(Refusal):
    """There is no transfer that could be taken back."""

    code = "not_in_the_ledger"
    message = _("账上没有找到这一笔，请刷新页面再看一眼")


class AccountClosed(Refusal):
    """One of the two accounts takes part in nothing any more."""

    code = "account_closed"
    message = _("这个时间账户已经停用，这一笔办不了。请联系志愿服务负责人")


class NotEnoughMinutes(Refusal):
    """More would be set aside than is free."""

    code = "not_enough_minutes"
    message = _("可用的时间不够，现在有{free}可用，需要{needed}。可以少用一些，或再服务几次以后再来")


class AlreadyHeld(Refusal):
    """Minutes are already set aside for the same thing, with another content."""

    code = "already_held"
    message = _("这件事已经预留过时间了，内容不一样。请刷新页面再看一眼")


class NoSuchHold(NotFound):
    """Nothing was ever set aside under this name."""

    code = "no_such_hold"
    message = _("没有找到这笔预留的时间，请刷新页面再看一眼")


class HoldEnded(Refusal):
    """The hold has ended in another way, or its time is over."""

    code = "hold_ended"
    message = _("这笔预留的时间{how}，不能再改了。请刷新页面看看现在的情况")


class MoreThanHeld(BadInput):
    """More would be settled than was set aside, or nothing at all."""

    code = "more_than_held"
    message = _("预留了{held}，用掉的要比零多，又不超过预留的")
