"""E-mail by SMTP, with the standard library: one message to one address."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
import sys
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import ClassVar, Protocol, TextIO

from xinglin.lib.channels.sms import NotSent

TIMEOUT_S = 20.0
PERMANENT = 500  # what a server answers from here on, it would answer again
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_ADDRESS = 120
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Mail:
    """One message. `key` stays the same when it is sent again, so that a mailbox may know it for the same."""

    key: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    attachments: Mapping[str, str] = field(default_factory=dict, repr=False)  # name → text


def normal_address(text: str) -> str | None:
    """The address as it is kept; None where it is none that mail could be sent to."""
    address = text.strip()
    if len(address) > LONGEST_ADDRESS or ADDRESS.fullmatch(address) is None or ".." in address:
        return None
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def masked_address(address: str) -> str:
    """As a page shows it: enough to know it again."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:2]}***@{domain}"


class MailSender(Protocol):
    """Carries mail, or raises NotSent."""

    def send(self, mail: Mail) -> None: ...


class PrintedMail:
    """For trying out: says on the terminal that a mail would have gone out; nothing leaves the building."""

    is_fake: ClassVar[bool] = True

    def __init__(self, terminal: TextIO | None = None) -> None:
        self._terminal = terminal

    def send(self, mail: Mail) -> None:
        print(f"✉ {mail.subject}  {', '.join(mail.attachments)}", file=self._terminal or sys.stdout, flush=True)


class SmtpSender:
    """Hands mail to a server: `smtps://user@host`, `smtp+starttls://user@host`, or `smtp://host` inside the house."""

    is_fake: ClassVar[bool] = False

    def __init__(
        self, *, url: str, password: str, from_: str, timeout_s: float = TIMEOUT_S, trust: ssl.SSLContext | None = None
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        assert parts.scheme in PORTS, "settings refuse anything else"
        assert parts.hostname, "settings refuse anything else"
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = urllib.parse.unquote(parts.username or ""), password
        self._from, self._timeout_s = from_, timeout_s
        self._trust = trust or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        try:
            server = self._connected()
            try:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(self._written(mail))
            finally:
                _leave(server)
        except smtplib.SMTPResponseException as trouble:  # its text may name the address
            is_final = isinstance(trouble, smtplib.SMTPDataError) and trouble.smtp_code >= PERMANENT
            raise NotSent(f"SMTP {trouble.smtp_code}", is_final=is_final) from None
        except smtplib.SMTPRecipientsRefused as trouble:
            code = next(iter(trouble.recipients.values()))[0]
            raise NotSent(f"SMTP {code}: address refused", is_final=code >= PERMANENT) from None
        except (OSError, smtplib.SMTPException, UnicodeError) as trouble:
            raise NotSent(type(trouble).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=self._trust)
        server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        if self._scheme == "smtp+starttls":
            try:
                server.starttls(context=self._trust)
            except BaseException:
                server.close()
                raise
        return server

    def _written(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, mail.to, mail.subject
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = f"<{mail.key}@{self._from.rpartition('@')[2].strip('> ')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        for name, text in mail.attachments.items():
            kind = "json" if name.endswith(".json") else "plain"
            if kind == "json":
                message.add_attachment(text.encode(), maintype="application", subtype="json", filename=name)
            else:  # as bytes: a signature must not meet another way of ending lines
                message.add_attachment(text.encode(), maintype="application", subtype="octet-stream", filename=name)
        return message


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. What is answered changes nothing: mail that was taken is sent, and mail that was refused is not."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
