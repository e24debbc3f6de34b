"""Refusals around circulars."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class NothingToSay(BadInput):
    """A circular without a title or a text."""

    code = "circular_says_nothing"
    message = _("请写上标题和正文")


class RemindedToday(Refusal):
    """People were told of it today already."""

    code = "circular_told_today"
    message = _("今天已经发过手机了，一天最多一次，明天再提醒吧")


class CircularWithdrawn(Refusal):
    """It was taken back already."""

    code = "circular_withdrawn"
    message = _("这条通知已经撤回了")
