"""Refusals of the installation's console."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, NotFound, Refusal


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


# About a whole person ---------------------------------------------------------------------------------------------


class ErasureAsked(Refusal):
    """Asking twice is once."""

    code = "erasure_asked"
    message = _("已经要求过注销，正在等待办理。要留下的话，可以撤回")


class ErasedAlready(Refusal):
    """Nothing is left to erase."""

    code = "erased_already"
    message = _("这个账号已经注销了")


class ErasureDecided(Refusal):
    """Somebody was quicker."""

    code = "erasure_decided"
    message = _("这件注销现在是“{state}”，不用再办")


class StillWaiting(Refusal):
    """The time in which it can be taken back is not over."""

    code = "erasure_still_waiting"
    message = _("还在等待期，要到 {until} 以后才能办理，本人随时可以撤回")


class CameBack(Refusal):
    """Retention had proposed it, and the person has been taken in again since."""

    code = "came_back"
    message = _("这位又回来服务了，资料不清")


class StillOpen(Refusal):
    """Something has to be finished by people first."""

    code = "erasure_still_open"
    message = _("还有没办完的事：{what}。{then}")


class NotAboutOneself(NotAllowed):
    """Nobody of the staff decides about their own account."""

    code = "not_about_own_account"
    message = _("自己的账号要由别人来办，请交给同事")


class NotByTheSame(NotAllowed):
    """Two people decide."""

    code = "second_person_needed"
    message = _("提出的人和决定的人要是两个人，请交给同事")


class PaperNeeded(BadInput):
    """On which paper it was seen, or consented to."""

    code = "which_paper"
    message = _("请写上看过什么材料，例如本人签字的申请、两张证件")


class ReasonNeeded(BadInput):
    """The person concerned reads why."""

    code = "why_not_needed"
    message = _("请写一句原因，对方会看到")


class SamePerson(BadInput):
    """Both numbers are of one account."""

    code = "merge_same_account"
    message = _("这是同一个账号，请填另一个的编号")


class KeepTheVolunteer(BadInput):
    """The account that has a volunteer number is the one to keep."""

    code = "merge_keep_the_volunteer"
    message = _("请保留有志愿者编号的那个账号，把另一个并进来")


class MergeProposed(Refusal):
    """One of the two is part of another proposal."""

    code = "merge_proposed"
    message = _("其中一个账号已经有一份合并在等决定，请先办完那一份")


class MergeDecided(Refusal):
    """Somebody was quicker."""

    code = "merge_decided"
    message = _("这份合并现在是“{state}”，不用再办")


class MergeGone(Refusal):
    """One of the two was erased or merged before."""

    code = "merge_gone"
    message = _("其中一个账号已经注销或合并过了")


class MergeHasToWait(Refusal):
    """Something of the account that goes has to be finished first."""

    code = "merge_has_to_wait"
    message = _("还有没办完的事：{what}。{then}")


class SeveralAccounts(BadInput):
    """A name that more than one of them has."""

    code = "several_accounts"
    message = _("“{said}”有几位：{who}。请写编号")


class NoSuchAccount(BadInput):
    """Nobody whom the asker may see has this number."""

    code = "no_such_account"
    message = _("没有找到编号为 {number} 的志愿者，请核对后再试")


class CopyGone(NotFound):
    """The file's time is over, or it never was the asker's."""

    code = "data_copy_gone"
    message = _("这份资料已经删除了，需要的话再要一份")
