"""Refusals about benefits and vouchers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, NotFound, Refusal

# Redeeming -------------------------------------------------------------------------------------------------------


class NoSuchBenefit(NotFound):
    """There is no such benefit, or it is of a unit the asker has no part in."""

    code = "no_such_benefit"
    message = _("没有找到这份权益，可能已经收起来了")


class NotForYourUnit(NotAllowed):
    """A benefit is for the volunteers of the unit that gives it, and of all below it."""

    code = "benefit_not_for_your_unit"
    message = _("这份权益是{unit}给自己的志愿者的，看看您单位的吧")


class NotAVolunteerYet(NotAllowed):
    """Who has not been accepted has nothing to redeem with."""

    code = "benefit_for_volunteers"
    message = _("权益是给志愿者的谢意。先申请加入，第一次服务以后就能来看看")


class RedeemingPaused(NotAllowed):
    """A suspended volunteer, or one who left, redeems nothing for now."""

    code = "redeeming_paused"
    message = _("您的志愿服务现在是“{state}”，恢复以后再来换，存下的时间一分钟也不会少")


class NotYetOffered(Refusal):
    """The benefit begins later."""

    code = "benefit_not_yet"
    message = _("这份权益{day}开始，到时再来")


class NoLongerOffered(Refusal):
    """The benefit's time is over."""

    code = "benefit_over"
    message = _("这份权益已经结束了，看看别的吧")


class BenefitPaused(Refusal):
    """The unit gives none of it for the moment."""

    code = "benefit_paused"
    message = _("这份权益暂时停一停，过几天再来看看")


class OutOfStock(Refusal):
    """The last one was taken while you were looking."""

    code = "out_of_stock"
    message = _("最后一份刚刚被换走了。补上以后还会在这里，先看看别的吧")


class StarNeeded(Refusal):
    """The benefit asks for a star that the person does not hold."""

    code = "star_needed"
    message = _("这份权益从{star}开始，您再服务一段时间就到了")


class QuotaUsed(Refusal):
    """The person has had as many as one may have in the period."""

    code = "benefit_quota_used"
    message = _("这份权益每人{period}最多 {quota} 次，您已经换过了，{day}起可以再换")


class QuotaUsedForGood(Refusal):
    """The person has had as many as one may ever have."""

    code = "benefit_quota_used_for_good"
    message = _("这份权益每人一共 {quota} 次，您已经换过了，看看别的吧")


class BalanceTooSmall(Refusal):
    """The price is more than what is free."""

    code = "balance_too_small"
    message = _("还差{missing}就够了。再服务几次，就能来换")


# Vouchers --------------------------------------------------------------------------------------------------------


class NoSuchVoucher(NotFound):
    """No voucher has this code, or it is not for the asker's eyes."""

    code = "no_such_voucher"
    message = _("没有找到这张券，请把券号再核对一遍，里面没有数字 0 和 1")


class VoucherEnded(Refusal):
    """The voucher was used, given back, refused or expired before."""

    code = "voucher_ended"
    message = _("这张券{state}，不能再用了")


class VoucherExpired(Refusal):
    """Its time is over; the minutes go back by themselves."""

    code = "voucher_expired"
    message = _("这张券过了有效期，时间几分钟内会自动退回")


class NotOwnVoucher(NotAllowed):
    """Whoever holds a voucher does not mark it used."""

    code = "not_own_voucher"
    message = _("自己的券要请同事来核销")


class VoucherReasonNeeded(BadInput):
    """Refusing a voucher takes a reason, which the person reads."""

    code = "voucher_reason_needed"
    message = _("请写一句为什么不能用，本人会看到")


# The catalogue ---------------------------------------------------------------------------------------------------


class BadRestock(BadInput):
    """Fewer than none would be left, or the benefit has no stock to count."""

    code = "bad_restock"
    message = _("现在还剩 {left} 份，加减以后要在 0 到 {most} 之间")


class BadBenefit(BadInput):
    """The terms of the benefit do not fit each other."""

    code = "bad_benefit"
    message = _("结束要晚于开始，请再看一眼日期")
