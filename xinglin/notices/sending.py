"""By which channels this installation tells people, as its settings say."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from xinglin.accounts import sending as text_messages
from xinglin.cities import current
from xinglin.lib.channels.mail import MailSender, PrintedMail, SmtpSender
from xinglin.lib.channels.sms import Sender
from xinglin.lib.channels.wechat import OfficialAccount, Template
from xinglin.notices.rules import Channel


def carried() -> tuple[Channel, ...]:
    """The channels that lead anywhere from here."""
    there = {Channel.SMS: text_messages.sends(), Channel.MAIL: has_mail(), Channel.WECHAT: has_wechat()}
    return tuple(channel for channel in Channel if there[channel])


def text_sender() -> Sender:
    """Who carries text messages."""
    return text_messages.sender()


def has_mail() -> bool:
    """Can this installation send mail at all?"""
    return bool(settings.MAIL_SERVER) or settings.MODE in ("demo", "development")


def prints_mail() -> bool:
    """Does mail appear in the terminal instead of in a mailbox? Pages say so."""
    return has_mail() and not settings.MAIL_SERVER


def mail_sender() -> MailSender | None:
    """The mail server of the settings; without one, a demo prints, and production sends nothing."""
    if settings.MAIL_SERVER:
        return SmtpSender(url=settings.MAIL_SERVER, password=settings.MAIL_PASSWORD, from_=settings.MAIL_FROM)
    return PrintedMail() if has_mail() else None


def has_wechat() -> bool:
    """Is there an official account to tell people by?"""
    return bool(settings.WECHAT["app_id"])


def wechat() -> OfficialAccount | None:
    """The official account of the settings; one for the whole process, because it keeps its access token."""
    return _account(**settings.WECHAT) if has_wechat() else None


@lru_cache(maxsize=4)
def _account(app_id: str, secret: str, template: str, api: str, sign_in: str) -> OfficialAccount:
    return OfficialAccount(app_id=app_id, secret=secret, template=Template.read(template), api=api, sign_in=sign_in)


def address_in_the_city(path: str) -> str:
    """The whole address of a page, for what is read outside: with the city's main host name, where it has one."""
    city = current.demand()
    with current.outside():
        host = city.domains.order_by("-is_primary", "pk").values_list("domain", flat=True).first()
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{host or settings.ALLOWED_HOSTS[0]}{path}"
