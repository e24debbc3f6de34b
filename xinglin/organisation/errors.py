"""Refusals of the organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import NotAllowed


class MayNot(NotAllowed):
    """No role of this user allows this verb at this unit."""

    code = "may_not"
    message = _("这件事不在您的职责范围里，需要的话请联系本单位的管理员")


class SecondFactorNeeded(NotAllowed):
    """A staff role counts only in a session that showed a second factor."""

    code = "second_factor_needed"
    message = _("请先用密码和动态码登录，再来处理工作")
