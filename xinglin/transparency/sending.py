"""How mail leaves this installation, as its settings say."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from xinglin.cities import current
from xinglin.lib.channels.mail import MailSender, PrintedMail, SmtpSender


def is_on() -> bool:
    """Can this installation send mail at all?"""
    return bool(settings.MAIL_SERVER) or settings.MODE in ("demo", "development")


def sender() -> MailSender | None:
    """The mail server of the settings; without one, a demo prints, and production sends nothing."""
    if settings.MAIL_SERVER:
        return SmtpSender(url=settings.MAIL_SERVER, password=settings.MAIL_PASSWORD, from_=settings.MAIL_FROM)
    return PrintedMail() if is_on() else None


def address_of_the_page() -> str:
    """Where the city tells how to check, for a mail: with its main host name, where it has one."""
    city = current.demand()
    with current.outside():
        host = city.domains.order_by("-is_primary", "pk").values_list("domain", flat=True).first()
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{host or settings.ALLOWED_HOSTS[0]}{reverse('transparency:how')}"
