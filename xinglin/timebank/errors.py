"""Refusals of the time bank."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import Refusal


class AlreadySpent(Refusal):
    """Taking these minutes back would leave the member below the floor."""

    code = "already_spent"
    message = _("这些时间已经用掉了一部分，现在收不回来。请先和本人说好，再联系管理员处理")


class NotInTheLedger(Refusal):
    """There is no transfer that could be taken back."""

    code = "not_in_the_ledger"
    message = _("账上没有找到这一笔，请刷新页面再看一眼")
