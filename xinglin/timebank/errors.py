"""Refusals of the time bank."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, NotFound, Refusal


class AlreadySpent(Refusal):
    """Taking these minutes back would leave a team, a pool or a reserve below its floor; only persons can owe."""

    code = "already_spent"
    message = _("这个账户里的时间已经用掉了一部分，现在收不回来。先给它补足时间，再来收回")


class NotInTheLedger(Refusal):
    """There is no transfer that could be taken back."""

    code = "not_in_the_ledger"
    message = _("账上没有找到这一笔，请刷新页面再看一眼")


class AccountClosed(Refusal):
    """One of the two accounts takes part in nothing any more."""

    code = "account_closed"
    message = _("这个时间账户已经停用，这一笔办不了。请联系志愿服务负责人")


class NotEnoughMinutes(Refusal):
    """More would be set aside than is free."""

    code = "not_enough_minutes"
    message = _("可用的时间不够，现在有{free}可用，需要{needed}。可以少用一些，或再服务几次以后再来")


class AlreadyHeld(Refusal):
    """Minutes are already set aside for the same thing, with another content."""

    code = "already_held"
    message = _("这件事已经预留过时间了，内容不一样。请刷新页面再看一眼")


class NoSuchHold(NotFound):
    """Nothing was ever set aside under this name."""

    code = "no_such_hold"
    message = _("没有找到这笔预留的时间，请刷新页面再看一眼")


class HoldEnded(Refusal):
    """The hold has ended in another way, or its time is over."""

    code = "hold_ended"
    message = _("这笔预留的时间{how}，不能再改了。请刷新页面看看现在的情况")


class MoreThanHeld(BadInput):
    """More would be settled than was set aside, or nothing at all."""

    code = "more_than_held"
    message = _("预留了{held}，用掉的要比零多，又不超过预留的")


class NotOnesOwnOrder(NotAllowed):
    """Nobody is paid for an order of their own."""

    code = "not_ones_own_order"
    message = _("自己的点单要由别人来服务")


class NothingOwed(Refusal):
    """The debt has been repaid or forgiven meanwhile."""

    code = "nothing_owed"
    message = _("这笔欠的时间已经还清了，不用再免")


class NotOnesOwnDebt(NotAllowed):
    """Whoever owes minutes neither asks for their forgiveness nor decides it."""

    code = "not_ones_own_debt"
    message = _("自己欠的时间要请别人来提出和决定")


class SecondPersonForgives(NotAllowed):
    """Whoever asked may not decide too."""

    code = "second_person_forgives"
    message = _("这是您提出的，要请另一位同事来决定")


class ForgivenessReasonNeeded(BadInput):
    """Forgiving takes a reason, which the second person and the auditor read."""

    code = "forgiveness_reason_needed"
    message = _("请写一句为什么要免去，做决定的同事要看")


class ForgivenessAsked(Refusal):
    """Somebody has asked already, and nobody has decided yet."""

    code = "forgiveness_asked"
    message = _("已经有同事提出免去这一笔，正等另一个人决定")


class ForgivenessDecided(Refusal):
    """Somebody else has decided meanwhile."""

    code = "forgiveness_decided"
    message = _("这件事已经有人决定了，请刷新页面看看结果")


class StatementTooLong(Refusal):
    """More entries than one file may hold."""

    code = "statement_too_long"
    message = _("这段时间的明细太多，一份文件最多 {most} 笔。请选短一点的时间，或者存成表格")
    status = 422


class NotMinutes(BadInput):
    """A gift or a grant is a whole number of minutes, at least one."""

    code = "not_minutes"
    message = _("请填要送多少分钟，至少 1 分钟，写整数")


class GiftNotPermitted(Refusal):
    """The policy of the giver's unit does not let minutes go to such a one."""

    code = "gift_not_permitted"
    message = _("本单位现在不能把时间送给{whom}，可以看看能送给谁")


class NotRelated(Refusal):
    """No standing relation leads to the receiver."""

    code = "not_related"
    message = _("这位还没有登记为您的亲友。请带材料到志愿服务台登记，再来送")


class NotOfTheTeam(Refusal):
    """Minutes go only to a team that the giver belongs to."""

    code = "not_of_the_team"
    message = _("您现在不在这支队伍里。可以捐给您所在的队，或者捐给公益池")


class NotOfTheHouse(Refusal):
    """A team gives only to people of its own house."""

    code = "not_of_the_house"
    message = _("本单位没有这个编号的志愿者，请核对后再试")


class NotInNeed(Refusal):
    """Nobody has registered a hardship of this person that stands today."""

    code = "not_in_need"
    message = _("这位现在没有登记困难，团队的时间只给有困难的人。请改捐公益池，或者先到志愿服务台登记")


class DonatesOnly(Refusal):
    """A minor's minutes can be donated, not handed on to a person."""

    code = "donates_only"
    message = _("未成年人的时间只能捐给公益池，谢谢您的心意")


class MaySpendLater(Refusal):
    """Below the age from which the policy lets minutes be used."""

    code = "may_spend_later"
    message = _("按本单位的规定，满 {age} 岁可以使用存下的时间。有困难的，请到志愿服务台登记")


class ReceiverIsFull(Refusal):
    """The receiver may hold only so much."""

    code = "receiver_is_full"
    message = _("对方的时间快存满了，现在最多还能收{room}。少送一些，或捐给公益池吧")


class GiftEnded(Refusal):
    """The gift arrived, was declined, withdrawn, or waited too long."""

    code = "gift_ended"
    message = _("这份时间{state}，不用再办了")


class MoreThanAllowed(BadInput):
    """So much in one go is a slip of the hand."""

    code = "more_than_allowed"
    message = _("一次最多办{most}，请再看一眼")


class MovesReasonNeeded(BadInput):
    """The second person and the auditor read why."""

    code = "moves_reason_needed"
    message = _("请写一句为什么，另一位同事和审计员要看")


class NotAboutOneself(NotAllowed):
    """Nobody asks or decides about their own minutes."""

    code = "minutes_of_ones_own"
    message = _("自己的账要请别人来提出和决定")


class SecondPersonDecides(NotAllowed):
    """Whoever asked may not decide too."""

    code = "second_person_decides"
    message = _("这是您提出的，要请另一位同事决定。本单位没有别人的话，请上级单位的审核员来办")


class RequestDecided(Refusal):
    """Somebody decided or withdrew it."""

    code = "request_decided"
    message = _("这件事现在是“{state}”，不用再办了")


class AlreadyCorrecting(Refusal):
    """The same reversal has been asked for, and nobody has decided."""

    code = "already_correcting"
    message = _("已经有同事提出冲回这一笔，正等另一个人决定")


class NotReversible(Refusal):
    """Holds end by themselves, a record's minutes go with the record, and nothing is reversed twice."""

    code = "not_reversible"
    message = _("这一笔不能在这里冲回。来自时长记录的，请作废那条记录；预留的会自己结束；已经冲回的不能再冲")


class NotEnoughInAccount(Refusal):
    """The pool or the reserve has less than that."""

    code = "not_enough_in_account"
    message = _("账上不够，现在有{free}，需要{needed}")
