"""What a phone number and a PIN look like, and how often one may try. Pure."""

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinglin.accounts.errors import BadPhone, BadPin, WeakPin

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)", re.ASCII)
BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—−－().（）·]+")
PIN = re.compile(r"\d{6}", re.ASCII)

CODE_LIVES = dt.timedelta(minutes=5)
CODE_TRIES = 5
SLIP_LIVES = dt.timedelta(days=14)
SLIP_TRIES = 5
SLIP_LENGTH = 10
HALF_SIGNED_IN = dt.timedelta(minutes=10)  # between the password and the second factor
VOLUNTEER_SESSION = dt.timedelta(days=30)
STAFF_SESSION = dt.timedelta(hours=12)
REMEMBERED = dt.timedelta(days=1)  # no limit looks further back, so older tries may be forgotten
TOTP_SECONDS = 30


@dataclass(frozen=True)
class Limit:
    """So many within such a time."""

    most: int
    within: dt.timedelta


CODES_PER_PHONE = (
    Limit(1, dt.timedelta(minutes=1)),
    Limit(5, dt.timedelta(hours=1)),
    Limit(10, dt.timedelta(days=1)),
)
# A whole hospital often stands behind one address, so these stop machines and not a busy morning.
CODES_PER_ADDRESS = (Limit(100, dt.timedelta(hours=1)), Limit(500, dt.timedelta(days=1)))
WRONG_PER_ADDRESS = (Limit(60, dt.timedelta(hours=1)), Limit(300, dt.timedelta(days=1)))

# After the third wrong try in a day each further one waits longer; the last wait repeats.
FREE_WRONG_TRIES = 3
GROWING_WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


def wait_by_limits(tries: Iterable[dt.datetime], limits: Sequence[Limit], *, at: dt.datetime) -> dt.timedelta:
    """How long until one more try keeps within all limits; zero: now."""
    newest_first = sorted(tries, reverse=True)
    waits = [newest_first[limit.most - 1] + limit.within - at for limit in limits if len(newest_first) >= limit.most]
    return max([dt.timedelta(0), *waits])


def wait_after_wrong(wrong: Iterable[dt.datetime], *, at: dt.datetime) -> dt.timedelta:
    """How long until one more try after so many wrong ones of the last day; zero: now."""
    recent = sorted(moment for moment in wrong if moment > at - REMEMBERED)
    if len(recent) < FREE_WRONG_TRIES:
        return dt.timedelta(0)
    wait = GROWING_WAITS[min(len(recent) - FREE_WRONG_TRIES, len(GROWING_WAITS) - 1)]
    return max(dt.timedelta(0), recent[-1] + wait - at)


def normal_phone(text: str) -> str:
    """Eleven digits, however they were typed: full-width, with blanks, dashes or +86. Raises BadPhone."""
    digits = COUNTRY.sub("", BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text)))
    if not MOBILE.fullmatch(digits):
        raise BadPhone
    return digits


def masked_phone(phone: str) -> str:
    """`138****0000`: enough for the owner to know it, too little for anyone else to call it."""
    return f"{phone[:3]}****{phone[-4:]}"


def normal_login_name(text: str) -> str:
    """What was typed as a volunteer number or login name, without blanks and full-width forms."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))[:40]


def normal_code(text: str) -> str:
    """A code as it was sent or printed: half-width, capital, without blanks and dashes."""
    return BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text)).upper()


def checked_pin(text: str, *, never: Iterable[str] = ()) -> str:
    """Six digits that are nobody's first guess. `never`: numbers that others know of this person. Raises a refusal."""
    pin = normal_code(text)
    if not PIN.fullmatch(pin):
        raise BadPin
    if is_easy(pin) or any(pin in known for known in never):
        raise WeakPin
    return pin


def is_easy(pin: str) -> bool:
    """One digit or a group repeated, a run upward or downward, or something that reads as a birthday."""
    steps = {(int(later) - int(former)) % 10 for former, later in itertools.pairwise(pin)}
    is_run = len(steps) == 1 and steps <= {0, 1, 9}
    is_repeated = pin[:2] * 3 == pin or pin[:3] * 2 == pin or pin[0::2] == pin[1::2]
    return is_run or is_repeated or _is_birthday(pin)


def address_block(address: str) -> str:
    """What counts as one address: a whole /64 for IPv6, where one household holds so many."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def totp_counter(at: dt.datetime) -> int:
    """The number of the half minute that an authenticator is showing."""
    return int(at.timestamp()) // TOTP_SECONDS


def _is_birthday(pin: str) -> bool:
    return _is_day(int(pin[2:4]), int(pin[4:6])) or (1900 <= int(pin[:4]) <= 2039 and 1 <= int(pin[4:]) <= 12)


def _is_day(month: int, day: int) -> bool:
    try:
        dt.date(2000, month, day)  # a leap year, so that the 29th of February counts
    except ValueError:
        return False
    return True
