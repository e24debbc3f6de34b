"""Refusals of notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotFound, Refusal


class NoSuchNotice(NotFound):
    """There is no such notice, or it was told to somebody else."""

    code = "no_such_notice"
    message = _("没有找到这条通知，回通知列表看看吧")


class BadMailbox(BadInput):
    """What was typed is no e-mail address."""

    code = "bad_mailbox"
    message = _("好像不是邮箱，再看一眼，样子像 name@example.cn")


class MailUnavailable(Refusal):
    """The mail server did not take the code."""

    code = "mail_unavailable"
    status = 503
    message = _("邮件这会儿发不出去，请过几分钟再试")


class MailNotOffered(Refusal):
    """This installation sends no mail."""

    code = "mail_not_offered"
    message = _("这里没有开通邮件，通知会在杏林里等您")


class WrongMailCode(Refusal):
    """The code is not the one that was mailed."""

    code = "wrong_mail_code"
    message = _("验证码不对，请看一眼最新的那封邮件")


class MailCodeOver(Refusal):
    """The mailed code is too old, was guessed at too often, or there is none."""

    code = "mail_code_over"
    message = _("这个验证码已经失效，请把邮箱再填一次，我们重新发一个")


class NoSuchAddress(NotFound):
    """There is no such address to take away."""

    code = "no_such_address"
    message = _("这里没有登记，不用再删")


class DeliveryNotFailed(Refusal):
    """Only what did not arrive is sent again, and only if it is still true."""

    code = "delivery_not_failed"
    message = _("这一条没有失败，或者已经收回，不用重发")


class NoSuchDelivery(NotFound):
    """There is no such delivery, or it was to somebody outside the asker's units."""

    code = "no_such_delivery"
    message = _("没有找到这次送达，可能不在您的单位")


class WechatNotOffered(Refusal):
    """This installation has no official account."""

    code = "wechat_not_offered"
    message = _("这里没有开通微信通知，通知会在杏林里等您")


class WechatNotAnswered(Refusal):
    """WeChat did not say who came back, or the way back was not the one we sent them on."""

    code = "wechat_not_answered"
    message = _("微信没有接上，请在微信里打开这一页，再点一次“用微信收通知”")
