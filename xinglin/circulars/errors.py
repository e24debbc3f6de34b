"""Refusals around circulars."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class NothingToSay(BadInput):
    """A circular without a title or a text."""

    code = "circular_says_nothing"
    message = _("请写上标题和正文")


class CircularWithdrawn(Refusal):
    """It was taken back already."""

    code = "circular_withdrawn"
    message = _("这条通知已经撤回了")
