"""Finding users, and opening what is sealed about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt

from xinglin.accounts import rules
from xinglin.accounts.models import PinSlip, User
from xinglin.accounts.vault import vault
from xinglin.lib import clock

PHONE = "phone"  # what binds a sealed phone to its field


def by_phone(phone: str) -> User | None:
    """The one account that this phone belongs to."""
    return User.objects.filter(phone_blind=blind_phone(phone)).first()


def by_login_name(login_name: str) -> User | None:
    """The account with this volunteer number or login name, in capitals or not."""
    return User.objects.filter(login_name__iexact=rules.normal_login_name(login_name)).first()


def slip_of(user: User, *, at: dt.datetime) -> PinSlip | None:
    """The slip that this person can still set a PIN with."""
    good = PinSlip.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at, tries_left__gt=0)
    return good.order_by("-printed_at").first()


class SealedPhone(NamedTuple):
    """A phone as an account keeps it: sealed, and the blind index that finds it."""

    sealed: bytes | None
    blind: bytes | None


def sealed_phone(phone: str) -> SealedPhone:
    """However it was typed. Raises BadPhone."""
    digits = rules.normal_phone(phone)
    return SealedPhone(vault().seal(digits, purpose=PHONE), blind_phone(digits))


def blind_phone(phone: str) -> bytes:
    """What finds a phone, however it was typed. Raises BadPhone."""
    return vault().blind(rules.normal_phone(phone), purpose=PHONE)


def holders_of(blinds: Iterable[bytes]) -> dict[bytes, int]:
    """Which of these phones already belong to an account, and the key of whose: one query for thousands."""
    holders = User.objects.filter(phone_blind__in=set(blinds)).values_list("phone_blind", "pk")
    return {bytes(blind): key for blind, key in holders if blind}


def phones_taken(phones: Iterable[str]) -> dict[str, int]:
    """The same for phones as they were typed."""
    blinds = {phone: sealed_phone(phone).blind or b"" for phone in phones}
    holders = holders_of(blinds.values())
    return {phone: holders[blind] for phone, blind in blinds.items() if blind in holders}


def has_phone(user: User) -> bool:
    """Is there a phone? Nothing is opened."""
    return bool(user.phone_sealed)


def phone_of(user: User) -> str | None:
    """The phone, opened; whoever shows it in full gives a reason and leaves an audit entry."""
    return vault().open(bytes(user.phone_sealed), purpose=PHONE) if user.phone_sealed else None


def masked_phone_of(user: User) -> str | None:
    """The phone as it may stand on pages: `138****0000`."""
    return masked_phone(user.phone_sealed)


def masked_phone(sealed: bytes | memoryview | None) -> str | None:
    """The same of a phone as it is kept."""
    return rules.masked_phone(vault().open(bytes(sealed), purpose=PHONE)) if sealed else None


def has_totp(user: User) -> bool:
    """Has the user set up an authenticator?"""
    return bool(_authenticators(user, Authenticator.Type.TOTP).exists())


def recovery_codes_left(user: User) -> int:
    """How many recovery codes can still be used."""
    return len(unused_recovery_codes(user))


def unused_recovery_codes(user: User) -> list[str]:
    """The recovery codes in the clear: for the one page that shows them once, after they were made."""
    kept = _authenticators(user, Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(kept).get_unused_codes() if kept else []


def current_totp_code(user: User, *, at: dt.datetime | None = None) -> str:
    """The code that a demo person's authenticator would show now; never answered for a real person."""
    assert user.is_demo, "only demo people's codes may be shown"
    secret = decrypt(_authenticators(user, Authenticator.Type.TOTP).get().data["secret"])
    return totp_code_of(secret, at=at or clock.now())


def totp_code_of(secret: str, *, at: dt.datetime) -> str:
    """The six digits that an authenticator with this secret shows at a moment."""
    return str(format_hotp_value(hotp_value(secret, rules.totp_counter(at))))


def _authenticators(user: User, kind: str) -> Any:
    return Authenticator.objects.filter(user=user, type=kind)
