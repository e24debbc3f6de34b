"""Which sender carries this installation's text messages, and what it is given to say."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import ClassVar

from django.conf import settings

from xinglin.accounts import rules
from xinglin.accounts.errors import SmsUnavailable
from xinglin.lib.channels.console import ConsoleSender
from xinglin.lib.channels.http_json import HttpSender
from xinglin.lib.channels.sms import Message, NotSent, Sender
from xinglin.lib.ids import short_code

logger = logging.getLogger(__name__)


def send_sign_in_code(*, phone: str, code: str) -> None:
    """Send the code, or refuse when the sender does not take it."""
    minutes = int(rules.CODE_LIVES.total_seconds()) // 60
    values = {"code": code, "minutes": str(minutes)}
    try:
        sender().send(Message(key=short_code(16), phone=phone, template="sign_in_code", values=values))
    except NotSent:
        raise SmsUnavailable from None


def tell_phone(*, phone: str, template: str, language_ending: str = "") -> bool:
    """Tell a phone that is no account's any more, which no notice reaches. Did the sender take it?"""
    if not sends():
        return False
    try:
        sender().send(Message(key=short_code(16), phone=phone, template=template + language_ending, values={}))
    except NotSent as trouble:
        logger.warning("a phone was not told %s: %s", template, trouble.reason)
        return False
    return True


def sends() -> bool:
    """Are there text messages here at all?"""
    return settings.SMS_SENDER != "none"


def prints_only() -> bool:
    """Does the code appear in the terminal instead of on a phone? Pages say so."""
    return sender().is_fake


@lru_cache(maxsize=1)
def sender() -> Sender:
    """The sender that the settings name. The printing one is refused in production, whatever else was overlooked."""
    match settings.SMS_SENDER:
        case "http":
            gateway = settings.SMS_GATEWAY
            return HttpSender(url=gateway["url"], key_id=gateway["key_id"], secret=gateway["secret"])
        case "none":
            return NoSender()
    assert settings.MODE != "production", "production needs a sender that reaches phones"
    return ConsoleSender()


class NoSender:
    """A hospital without text messages: people come in by number and PIN."""

    is_fake: ClassVar[bool] = False

    def send(self, message: Message) -> None:
        raise NotSent("no sender is set up")
