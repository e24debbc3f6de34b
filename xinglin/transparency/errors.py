"""Refusals about proofs and the mail to auditors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotFound, Refusal


class NothingToProve(NotFound):
    """There is no such line or record among one's own, or nothing of it has been sealed."""

    code = "nothing_to_prove"
    message = _("没有找到要核对的这一条，请从明细或服务时长里点进来")


class KeyNeeded(BadInput):
    """A proof was asked for without saying of what."""

    code = "transfer_key_needed"
    message = _("请先写上那一笔的编号")


class BadAddress(BadInput):
    """This is no e-mail address."""

    code = "bad_mail_address"
    message = _("这个邮箱地址好像不完整，请再看一眼，例如 shenji@example.cn")


class AlreadyReceives(Refusal):
    """The address stands on the list already."""

    code = "already_receives"
    message = _("这个邮箱已经在名单上了")


class TooManyRecipients(Refusal):
    """The list has an end."""

    code = "too_many_recipients"
    message = _("名单已经满了，最多 {most} 个邮箱。请先去掉不再需要的")


class NoSuchRecipient(NotFound):
    """It was taken off the list meanwhile."""

    code = "no_such_recipient"
    message = _("名单上没有这个邮箱，可能刚刚被去掉了")
