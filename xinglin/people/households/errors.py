"""Refusals about households: who belongs to another one, who decides for themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class InHouseholdAlready(Refusal):
    """Everybody belongs to one household at a time."""

    code = "in_household_already"
    message = _("已经在一个家庭里了。要换的话，请先退出原来的")


class AskedAlready(Refusal):
    """They are in this household, or were asked into it."""

    code = "household_asked_already"
    message = _("这位已经在家里，或者已经请过了，等对方答应就好")


class AskedTooMany(Refusal):
    """Whoever asks and asks is no family."""

    code = "household_asked_too_many"
    message = _("一天最多请 {most} 位，请明天再请")


class HouseholdFull(Refusal):
    """A household of more than that is a team."""

    code = "household_full"
    message = _("一个家庭最多 {most} 个人，请过还没答应的也算。人多的话，可以办一支队伍")


class InvitationOver(Refusal):
    """It was answered, or nobody is in that household any more."""

    code = "household_invitation_over"
    message = _("这份邀请已经过去了，请对方再请一次")


class NotInHousehold(Refusal):
    """There is nothing to leave."""

    code = "not_in_household"
    message = _("现在不在任何家庭里，不用退出")


class OneselfAgain(BadInput):
    """The two are one person."""

    code = "household_of_oneself"
    message = _("这是同一个人，请填另一位的编号")


class AgreesThemselves(Refusal):
    """Only for those for whom staff acts can staff write down that the family may sign them up."""

    code = "agrees_themselves"
    message = _("没有登记代办的人，请本人在手机的“家庭”里自己打开")
