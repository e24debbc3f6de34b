"""Refusals of accounts. None of them tells whether a phone or a number is known here."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, Refusal
from xinglin.lib.web.words import minutes_said


class BadPhone(BadInput):
    """What was typed is no mobile number of mainland China."""

    code = "bad_phone"
    message = _("好像不是手机号，再看一眼，共 11 位")


class TooManyTries(Refusal):
    """Guessing costs time: the sentence says how long to wait."""

    code = "too_many_tries"
    status = 429
    message = _("这会儿试得有点多了，请过{wait}再来")

    def __init__(self, *, wait: dt.timedelta) -> None:
        self.wait = wait
        super().__init__(wait=minutes_said(_whole_minutes(wait)))


class WrongCode(Refusal):
    """The code is not the one that was sent."""

    code = "wrong_code"
    message = _("验证码不对，请看一眼最新的那条短信")


class CodeExpired(Refusal):
    """The code is too old, was used, or none was sent."""

    code = "code_expired"
    message = _("这个验证码已经失效，请重新获取一个")


class CodeSpent(Refusal):
    """The code was guessed at too often and counts no more."""

    code = "code_spent"
    message = _("这个验证码试的次数用完了，请重新获取一个")


class SmsUnavailable(Refusal):
    """The sender did not take the message."""

    code = "sms_unavailable"
    status = 503
    message = _("短信这会儿发不出去，请过几分钟再试，或用编号和 PIN 登录")


class WrongPin(Refusal):
    """Number and PIN do not belong together; which of them is wrong is not said."""

    code = "wrong_pin"
    message = _("编号或 PIN 不对，请再看一眼。忘了 PIN 的话，请协调员再打印一张设置条")


class WrongSlip(Refusal):
    """Number and slip do not belong together, or the slip is used, too old or voided; which of these is not said."""

    code = "wrong_slip"
    message = _("编号和设置条上的码对不上，也可能过期或用过了。请再看一眼，或请协调员再打印一张")


class WeakPin(BadInput):
    """Anybody would try this PIN first."""

    code = "weak_pin"
    message = _("这个 PIN 太容易被猜到，请换一个，不要用生日、连号或重复的数字")


class BadPin(BadInput):
    """A PIN has six digits."""

    code = "bad_pin"
    message = _("PIN 是 6 位数字，再看一眼")


class WrongPassword(Refusal):
    """Login name and password do not belong together; which of them is wrong is not said."""

    code = "wrong_password"
    message = _("登录名或密码不对，请再看一眼")


class WrongOldPassword(Refusal):
    """Someone signed in did not know the password that is to be changed, or that a change asks for."""

    code = "wrong_old_password"
    message = _("现在的密码不对，请再看一眼")


class WeakPassword(BadInput):
    """The password would be guessed; `why` says what to change."""

    code = "weak_password"
    message = _("这个密码太容易被猜到：{why}")


class WrongSecondFactor(Refusal):
    """Neither the current code of the authenticator nor an unused recovery code."""

    code = "wrong_second_factor"
    message = _("动态码不对，请看验证器上现在的 6 位数字")


class SecondFactorReplayed(Refusal):
    """Each code of the authenticator opens the door once."""

    code = "second_factor_replayed"
    message = _("这个动态码刚才用过了，请等验证器换下一个再输入")


class SignInAgain(NotAllowed):
    """This part of the house asks for a session opened by password, and by the second factor where one is set up."""

    code = "sign_in_again"
    message = _("这一步要先用密码登录，请从工作人员入口再登录一次")


class AccountClosed(NotAllowed):
    """The account was closed; said only to someone who has proved that it is theirs."""

    code = "account_closed"
    message = _("这个账号已经停用，需要的话请联系您的协调员")


class PhoneTaken(Refusal):
    """One account per phone."""

    code = "phone_taken"
    message = _("这个手机号已经在另一个账号上了，请核对后再试。两个账号都是同一个人的，请到服务台合并")


class SamePhone(BadInput):
    """The phone is the one that stands there already."""

    code = "same_phone"
    message = _("现在登记的就是这个手机号，不用换")


class LoginNameTaken(Refusal):
    """One account per number or login name."""

    code = "login_name_taken"
    message = _("这个登录名已经有人用了，请换一个")


def _whole_minutes(wait: dt.timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 60))
