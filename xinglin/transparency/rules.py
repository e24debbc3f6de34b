"""What an address looks like, when a mail is due, and what it says. Pure: values in, answers out."""

from __future__ import annotations

import datetime as dt

from xinglin.lib.channels.mail import normal_address
from xinglin.lib.web.words import in_china
from xinglin.transparency.errors import BadAddress

MOST_RECIPIENTS = 50
FIRST_HOUR = 9  # in China: nobody is mailed at night


def address_of(text: str) -> str:
    """The address as it is kept, or a refusal."""
    address = normal_address(text)
    if address is None:
        raise BadAddress
    return address


def is_due(*, last_sent_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Once a day, from nine in the morning on; who was not reached is tried again each hour."""
    now = in_china(at)
    return now.hour >= FIRST_HOUR and (last_sent_at is None or in_china(last_sent_at).date() < now.date())


def in_groups(hexadecimal: str, *, letters: int = 16) -> list[str]:
    """A long number in parts that can be read aloud and compared."""
    return [hexadecimal[place : place + letters] for place in range(0, len(hexadecimal), letters)]
