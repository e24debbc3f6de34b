"""Where mail and WeChat reach a person: given, proved to be theirs, taken away. One transaction each."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from xinglin.accounts import rules as codes
from xinglin.accounts import tries
from xinglin.accounts.models import User
from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib.channels.mail import Mail, normal_address
from xinglin.lib.channels.sms import NotSent
from xinglin.lib.ids import short_code
from xinglin.notices import rules, sending
from xinglin.notices.errors import (
    BadMailbox,
    MailCodeOver,
    MailNotOffered,
    MailUnavailable,
    NoSuchAddress,
    WechatNotAnswered,
    WechatNotOffered,
    WrongMailCode,
)
from xinglin.notices.models import Address
from xinglin.notices.queries import PURPOSE
from xinglin.notices.rules import Channel


def ask_for_mail(*, user: User, text: str, address: str, at: dt.datetime) -> None:
    """Send a code to a mailbox that shall receive notices. The one that counts now goes on counting until then."""
    sender = sending.mail_sender()
    if sender is None:
        raise MailNotOffered
    mailbox = normal_address(text)
    if mailbox is None:
        raise BadMailbox
    code = f"{secrets.randbelow(10**6):06d}"
    _keep_code(user, mailbox, code, address=address, at=at)
    # Sent after the commit: no lock waits for another house's server, and a message sent is a message counted.
    minutes = int(rules.CODE_LIVES.total_seconds()) // 60
    wording = _("{code} 是您在杏林登记邮箱的验证码，{minutes} 分钟内有效。不是您在登记的话，不用理会。")
    mail = Mail(
        key=f"code-{short_code(16)}",
        to=mailbox,
        subject=_("杏林验证码 {code}").format(code=code),
        text=wording.format(code=code, minutes=minutes) + "\n",
    )
    try:
        sender.send(mail)
    except NotSent:
        raise MailUnavailable from None


def confirm_mail(*, user: User, code: str, at: dt.datetime) -> None:
    """The code was typed: the mailbox is theirs, and takes the place of the one before."""
    waiting = _tried(user, at=at)
    if not hmac.compare_digest(waiting.code_hash, _hash(user, codes.normal_code(code))):
        raise WrongMailCode if waiting.tries_left else MailCodeOver
    _count(waiting, at=at)


def bind_wechat(*, user: User, code: str, at: dt.datetime) -> None:
    """WeChat says who came back with this code: notices may go there from now on."""
    account = sending.wechat()
    if account is None:
        raise WechatNotOffered
    try:
        openid = account.openid_of(code)
    except NotSent:
        raise WechatNotAnswered from None
    _count(_address(user, Channel.WECHAT, openid, at=at), at=at)


@transaction.atomic
def forget(*, user: User, channel: str, at: dt.datetime) -> None:
    """Nothing more goes there; the address itself is deleted."""
    if not Address.objects.filter(user=user, channel=channel).delete()[0]:
        raise NoSuchAddress
    _record("forgot_notice_address", user, channel, at=at)


@transaction.atomic(durable=True)
def _keep_code(user: User, mailbox: str, code: str, *, address: str, at: dt.datetime) -> None:
    tries.reserve_code(to=f"mail:{mailbox.casefold()}", address=address, at=at)
    _held(user)
    Address.objects.filter(user=user, channel=Channel.MAIL, confirmed_at__isnull=True).delete()
    waiting = _address(user, Channel.MAIL, mailbox, at=at)
    waiting.code_hash, waiting.code_until = _hash(user, code), at + rules.CODE_LIVES
    waiting.tries_left = rules.CODE_TRIES
    waiting.save(force_insert=True)


@transaction.atomic(durable=True)
def _tried(user: User, *, at: dt.datetime) -> Address:
    """The mailbox that waits, with one try taken from it under its lock: no guess slips past."""
    found = Address.objects.select_for_update().filter(user=user, channel=Channel.MAIL, confirmed_at__isnull=True)
    waiting = found.first()
    if waiting is None or not waiting.tries_left or waiting.code_until is None or waiting.code_until <= at:
        raise MailCodeOver
    waiting.tries_left -= 1
    waiting.save(update_fields=["tries_left"])
    return waiting


@transaction.atomic
def _count(address: Address, *, at: dt.datetime) -> None:
    """From now on this one counts, and no other of its channel."""
    _held(address.user)
    Address.objects.filter(user=address.user, channel=address.channel).exclude(pk=address.pk).delete()
    address.confirmed_at, address.code_hash, address.code_until, address.tries_left = at, "", None, 0
    address.save()
    _record("confirmed_notice_address", address.user, address.channel, at=at)


def _address(user: User, channel: str, plain: str, *, at: dt.datetime) -> Address:
    sealed, blind = vault().seal(plain, purpose=PURPOSE), vault().blind(plain, purpose=PURPOSE)
    return Address(user=user, channel=channel, sealed=sealed, blind=blind, added_at=at)


def _held(user: User) -> None:
    """Two pages of one person come one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _hash(user: User, code: str) -> str:
    return vault().blind(f"{user.code}:{code}", purpose="notices.mail_code").hex()


def _record(verb: str, user: User, channel: str, *, at: dt.datetime) -> None:
    audit.record(actor=user, verb=verb, thing=f"user:{user.code}", facts={"channel": channel}, at=at)
