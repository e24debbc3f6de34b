"""Refusals of the installation's console."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class BadLoginName(BadInput):
    """The login name would be hard to type or to read aloud."""

    code = "bad_operator_name"
    message = _("登录名用 2 到 40 个小写字母、数字、点或横线，字母开头")


class OperatorExists(Refusal):
    """One operator per login name, closed ones too: their entries in the trail stay theirs."""

    code = "operator_exists"
    message = _("已经有叫“{login_name}”的操作员，请换一个登录名")


class NoSuchOperator(Refusal):
    """Nobody of this name runs the installation."""

    code = "no_such_operator"
    message = _("没有叫“{login_name}”的操作员。现有：{known}")
    status = 404


class OperatorClosed(Refusal):
    """Said only to someone who has proved that the account is theirs, and to whoever runs the server."""

    code = "operator_closed"
    message = _("这个操作员账号已经停用，请联系管理服务器的人")
    status = 403


class OtherName(BadInput):
    """What was typed to confirm is not the name of the city that would be closed or opened."""

    code = "other_city_name"
    message = _("和城市的名称不一样。请照着写：{name}")


class NameTooLong(BadInput):
    """The name or the division code of a city does not fit."""

    code = "bad_city_facts"
    message = _("名称最多 60 个字；区划代码是 2 到 12 位数字，可以不填")


class BadTimeZone(BadInput):
    """Not the name of a time zone."""

    code = "bad_time_zone"
    message = _("没有“{time_zone}”这个时区。中国的城市都写 Asia/Shanghai")
