"""The verbs of the second factor: setting up an authenticator, showing its code, recovery codes.

Storage, secrets and the algorithm are allauth's; that a code opens the door once is decided here, by a row lock.
"""

from __future__ import annotations

import datetime as dt

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from xinglin.accounts import queries, rules, tries
from xinglin.accounts.errors import SecondFactorReplayed, WrongSecondFactor
from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.lib import clock

DRIFT = 1  # half minutes by which a telephone's clock may be wrong
TYPES = Authenticator.Type


def new_secret() -> str:
    """A secret for an authenticator, to be shown as a QR code and proved by its first code."""
    return str(generate_totp_secret())


def show_second_factor(*, user: User, code: str, address: str, at: dt.datetime) -> User:
    """Accept the authenticator's current code or an unused recovery code, each once; else refuse."""
    reservation = tries.reserve(kind="second_factor", who=user.code, address=address, at=at)
    code = rules.normal_code(code)
    if len(code) == app_settings.RECOVERY_CODE_DIGITS:
        _use_recovery_code(user, code, at=at)
    else:
        _use_totp(user, code, at=at)
    reservation.forget()
    return user


@transaction.atomic
def set_up_second_factor(*, user: User, secret: str, code: str, at: dt.datetime) -> User:
    """Tie an authenticator to the user, once it has shown a code of `secret`. Replaces the one before."""
    counter = matching_counter(secret, rules.normal_code(code), at=at)
    if counter is None:
        raise WrongSecondFactor
    user = set_totp(user=user, secret=secret, by=user, at=at)
    kept = Authenticator.objects.get(user=user, type=TYPES.TOTP)
    kept.data["used_counter"] = counter  # the code that proved it has been used by that
    kept.save(update_fields=["data"])
    make_recovery_codes(user=user, at=at)
    return user


@transaction.atomic
def set_totp(*, user: User, secret: str, by: User | None = None, at: dt.datetime | None = None) -> User:
    """Tie an authenticator with this secret to the user, unproved: for demo people and `set_up_second_factor`."""
    user = User.objects.select_for_update().get(pk=user.pk)
    at = at or clock.now()
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, secret)
    user.end_sessions()
    user.save(update_fields=["session_round"])
    audit.record(actor=by, verb="set_up_second_factor", thing=f"user:{user.code}", at=at)
    return user


@transaction.atomic
def make_recovery_codes(*, user: User, at: dt.datetime) -> list[str]:
    """New recovery codes; those made before count no more."""
    Authenticator.objects.filter(user=user, type=TYPES.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    audit.record(actor=user, verb="made_recovery_codes", thing=f"user:{user.code}", at=at)
    return codes


@transaction.atomic
def reset_second_factor(*, user: User, reason: str, by: User | None = None, at: dt.datetime) -> User:
    """Take authenticator and recovery codes away, for someone who lost them; the reason stays in the trail."""
    user = User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user).delete()
    user.end_sessions()
    user.save(update_fields=["session_round"])
    thing = f"user:{user.code}"
    audit.record(actor=by, verb="reset_second_factor", thing=thing, reason=reason, about=user.name, at=at)
    return user


@transaction.atomic
def _use_totp(user: User, code: str, *, at: dt.datetime) -> None:
    kept = Authenticator.objects.select_for_update().filter(user=user, type=TYPES.TOTP).first()
    counter = matching_counter(decrypt(kept.data["secret"]), code, at=at) if kept else None
    if kept is None or counter is None:
        raise WrongSecondFactor
    # Not allauth's cache, which each web process has for itself: two processes would both take the same code.
    if counter <= kept.data.get("used_counter", -1):
        raise SecondFactorReplayed
    kept.data["used_counter"] = counter
    kept.last_used_at = at
    kept.save(update_fields=["data", "last_used_at"])


@transaction.atomic
def _use_recovery_code(user: User, code: str, *, at: dt.datetime) -> None:
    kept = Authenticator.objects.filter(user=user, type=TYPES.RECOVERY_CODES).first()
    if kept is None or not RecoveryCodes(kept).validate_code(code):
        raise WrongSecondFactor
    left = queries.recovery_codes_left(user)
    audit.record(actor=user, verb="used_recovery_code", thing=f"user:{user.code}", at=at, facts={"left": left})


def matching_counter(secret: str, code: str, *, at: dt.datetime) -> int | None:
    """Which half minute this code belongs to, the nearest to now first."""
    now = rules.totp_counter(at)
    for counter in sorted(range(now - DRIFT, now + DRIFT + 1), key=lambda counter: abs(counter - now)):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None
