"""Refusals of the organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, Refusal


class MayNot(NotAllowed):
    """No role of this user allows this verb at this unit."""

    code = "may_not"
    message = _("这件事不在您的职责范围里，需要的话请联系本单位的管理员")


class SecondFactorNeeded(NotAllowed):
    """A staff role counts only in a session that showed a second factor."""

    code = "second_factor_needed"
    message = _("请先用密码和动态码登录，再来处理工作")


class NameTaken(Refusal):
    """Two open units of one name could not be told apart in a roster."""

    code = "unit_name_taken"
    message = _("已经有一个单位叫“{name}”，请换一个名称")


class UnitClosed(Refusal):
    """A closed unit takes in nobody and nothing."""

    code = "unit_closed"
    message = _("这个单位已经停止活动，请换一个单位")


class RoleHeldAlready(Refusal):
    """The user holds this very role at this unit."""

    code = "role_held_already"
    message = _("这个账号在这里已经是{role}，不用再授予")


class RoleEndedAlready(Refusal):
    """Somebody else ended the role a moment ago."""

    code = "role_ended_already"
    message = _("这个角色已经收回了")


class LastAdministrator(Refusal):
    """Without this administrator nobody could grant a role here any more."""

    code = "last_administrator"
    message = _("这是最后一位管理员，请先授予另一位，再收回这一位")


class NoSuchAccount(BadInput):
    """No account has this sign-in name."""

    code = "no_such_account"
    message = _("没有找到登录名为“{login_name}”的账号，请核对后再试")


class BadPolicyValue(BadInput):
    """The value does not fit what this policy decides."""

    code = "bad_policy_value"
    message = _("“{meaning}”填得不对：{why}")


class PolicyInThePast(Refusal):
    """What has already happened was decided under the policy of its day."""

    code = "policy_in_the_past"
    message = _("政策不能从过去开始，请选今天或以后")


class PolicySetAlready(Refusal):
    """One version of a policy starts at one moment."""

    code = "policy_set_already"
    message = _("同一时刻已经定过这条政策，请换一个开始时间")
