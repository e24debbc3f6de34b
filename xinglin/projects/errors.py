"""Refusals of projects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput


class OwnDuty(BadInput):
    """Nobody has declared that this work lies outside the volunteers' own job and duty."""

    code = "own_duty"
    message = _("先确认这不是志愿者本职或值班的工作，勾上以后才能建项目")


class UnknownCategory(BadInput):
    """The category is none of the national list."""

    code = "unknown_category"
    message = _("没有这个服务类别，请从列表里选一个")
