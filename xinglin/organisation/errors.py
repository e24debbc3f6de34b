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


class OfSomebodyAtWork(NotAllowed):
    """Whoever holds a role that one could not hand out is looked after by those who could."""

    code = "of_somebody_at_work"
    message = _("这位担任着您不能授予的角色，请本人在手机上办，或请能授予这个角色的管理员来办")


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
    message = _("这个账号在这里已经是{role}。要改期限，点名字旁边的“改期限”")


class NotToOneself(Refusal):
    """Nobody makes themself more than somebody else made them."""

    code = "no_role_to_oneself"
    message = _("不能给自己授予角色，请另一位管理员来授予")


class EndsBeforeItStarts(BadInput):
    """A role that would be over before it began."""

    code = "role_ends_before_it_starts"
    message = _("结束的日子要在今天以后")


class RolesConflict(Refusal):
    """One person would watch over what they do themself."""

    code = "roles_conflict"
    message = _("这个账号在{unit}是{role}，会查到自己经手的事。确实要这样，请勾选“知道这两个角色有冲突”")


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


class BadDivisionCode(BadInput):
    """No area has this code."""

    code = "bad_division_code"
    message = _("没有“{code}”这个区划代码：县级以上填 6 位，乡镇、街道填 9 位或 12 位")


class OutsideAbove(BadInput):
    """A unit's area lies inside its upper unit's."""

    code = "division_outside_above"
    message = _("区划代码 {code} 不在上级单位的区域（{above}）里，请再看一眼")


class BelowOutside(BadInput):
    """What stands below a unit lies in its area, too."""

    code = "division_leaves_below_outside"
    message = _("下面的{name}（区划代码 {code}）不在 {area} 的区域里，请先改它的区划代码")


class WrongLevel(BadInput):
    """The level and the area contradict each other."""

    code = "level_contradicts_division"
    message = _("层级和区划代码 {code} 对不上，请改其中一个")


class BadCreditCode(BadInput):
    """Not 18 characters of GB 32100, or the last one is not what follows from the others."""

    code = "bad_credit_code"
    message = _("统一社会信用代码不对，应是 18 位，最后一位是校验码，请对照证书再看一眼")


class CreditCodeTaken(Refusal):
    """One code stands for one legal body."""

    code = "credit_code_taken"
    message = _("已经有一个单位用这个统一社会信用代码，请核对是不是同一家")


class NoUnitAbove(Refusal):
    """The root of the tree neither moves nor closes."""

    code = "root_unit_stays"
    message = _("这是最上级的单位，不能移动或停办")


class KindLeavesBehind(Refusal):
    """What hangs on the unit has no place in a unit of that kind."""

    code = "kind_leaves_behind"
    message = _("这里还有{what}，不能改成{kind}。请先转走，或者另建一个单位，再把这里停办、由它接手")


class MovedBelowItself(Refusal):
    """A unit cannot stand below itself or what is below it."""

    code = "moved_below_itself"
    message = _("不能移到自己或自己的下级下面，请另选一个上级单位")


class StandsThereAlready(Refusal):
    """It is below this unit already."""

    code = "stands_there_already"
    message = _("它已经在这个单位下面，不用再移")


class UnitsBelow(Refusal):
    """Closing a unit would leave those below it without one above."""

    code = "units_below"
    message = _("下面还有没停办的单位，请先把它们移走或停办")


class NoSuccessor(Refusal):
    """A unit cannot succeed itself, and a closed one takes nothing over."""

    code = "no_successor"
    message = _("这个单位不能接手，请另选一个正在活动的单位")


class StillHanging(Refusal):
    """Something hangs on the unit that only a successor can take over, or that somebody must decide first."""

    code = "still_hanging"
    message = _("还有没办完的事：{what}。请先办完，或者选一个接手的单位")


class UnitClosedAlready(Refusal):
    """Somebody closed it a moment ago."""

    code = "unit_closed_already"
    message = _("这个单位已经停办了")


class JointAlready(Refusal):
    """This unit carries the team already, or the team stands below it."""

    code = "joint_already"
    message = _("这个单位已经是它的上级，不用再加")


class BrandTaken(Refusal):
    """The unit has a brand of this name."""

    code = "brand_taken"
    message = _("这个单位已经有叫“{name}”的品牌，请换一个名称")


class PasswordNeeded(BadInput):
    """Joining by password needs one."""

    code = "joining_password_needed"
    message = _("请定一个入队口令，4 到 32 个字，发给要加入的人")
