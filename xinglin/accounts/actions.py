"""The verbs of accounts: making them, and proving to whom they belong."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from xinglin.accounts import phone_codes, queries, rules, tries
from xinglin.accounts.errors import (
    AccountClosed,
    LoginNameTaken,
    PhoneTaken,
    WeakPassword,
    WrongOldPassword,
    WrongPassword,
    WrongPin,
    WrongSlip,
)
from xinglin.accounts.models import Attempt, PhoneCode, PinSlip, User
from xinglin.accounts.second_factor import set_totp as set_totp
from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib import clock, copy_rows
from xinglin.lib.ids import short_code, short_codes

UNIQUE_NAMES = {
    "one_account_per_phone": PhoneTaken,
    "login_name_once_in_any_case": LoginNameTaken,
    "accounts_user_login_name_key": LoginNameTaken,
}

USERS = "accounts_user"
USER_COLUMNS = (
    *("id", "code", "login_name", "name", "password", "phone_sealed", "phone_blind"),
    *("pin", "is_active", "is_demo", "created_at", "session_round"),
)
NO_PHONE = queries.SealedPhone(None, None)


# Making accounts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newcomer:
    """Someone who shall get an account."""

    login_name: str
    name: str = ""
    phone: str | None = None
    sealed_phone: queries.SealedPhone | None = None  # where whoever asks has sealed it already


@transaction.atomic
def register(
    *, login_name: str, name: str = "", phone: str | None = None, at: dt.datetime, is_demo: bool = False
) -> User:
    """Make one account, or refuse when the phone or the login name has one."""
    user = _new_user(Newcomer(login_name, name, phone), at=at, is_demo=is_demo)
    _saved(user)
    audit.record(actor=None, verb="registered", thing=f"user:{user.code}", at=at)
    return user


@transaction.atomic
def register_many(*, newcomers: Sequence[Newcomer], at: dt.datetime, is_demo: bool = False) -> list[int]:
    """Make accounts for a whole roster by one COPY; all or none. The keys of their rows, in the same order."""
    keys = copy_rows.draw_ids(USERS, len(newcomers))
    codes, unusable = short_codes(len(newcomers)), short_codes(2 * len(newcomers))
    rest = copy_rows.line("", "t", "t" if is_demo else "f", copy_rows.text(at.isoformat()), "0")
    lines = []
    for number, (key, newcomer) in enumerate(zip(keys, newcomers, strict=True)):
        phone = newcomer.sealed_phone or (queries.sealed_phone(newcomer.phone) if newcomer.phone else NO_PHONE)
        password = UNUSABLE_PASSWORD_PREFIX + unusable[2 * number] + unusable[2 * number + 1]
        login_name = copy_rows.text(rules.normal_login_name(newcomer.login_name))
        who = (str(key), codes[number], login_name, copy_rows.text(newcomer.name), password)
        lines.append("\t".join((*who, copy_rows.binary(phone.sealed), copy_rows.binary(phone.blind), rest)))
    try:
        with transaction.atomic():
            copy_rows.copy_in(USERS, USER_COLUMNS, lines)
    except IntegrityError as trouble:
        raise _taken(trouble) from None
    audit.record(actor=None, verb="registered_many", thing="user:*", at=at, facts={"count": len(keys)})
    return keys


@transaction.atomic
def rename(*, user: User, login_name: str, name: str, at: dt.datetime | None = None) -> User:
    """Give an account its volunteer number and the name that its owner was accepted under."""
    user.login_name, user.name = rules.normal_login_name(login_name), name
    _saved(user, fields=["login_name", "name"])
    audit.record(actor=None, verb="renamed_user", thing=f"user:{user.code}", at=at or clock.now())
    return user


# Phone and code ---------------------------------------------------------------------------------------------------


def send_code(*, phone: str, address: str, at: dt.datetime) -> None:
    """Send a code to sign in with. The answer is the same whether or not the phone has an account."""
    phone_codes.send(phone=phone, address=address, at=at)


def sign_in_by_code(*, phone: str, code: str, at: dt.datetime) -> User:
    """The user of this phone, who showed the code; a phone without an account gets one."""
    sent = phone_codes.show(phone=phone, code=code, at=at)
    return _open_by_code(sent, phone=rules.normal_phone(phone), at=at)


@transaction.atomic
def change_phone(*, user: User, phone: str | None, by: User, at: dt.datetime, reason: str = "") -> User:
    """Another phone, or none; whoever has proved it, or seen a document, calls this. All sessions end.

    Of two who take one phone at once the database says who was first.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    kept = queries.sealed_phone(phone) if phone else NO_PHONE
    user.phone_sealed, user.phone_blind = kept.sealed, kept.blind
    user.end_sessions()
    _saved(user, fields=["phone_sealed", "phone_blind", "session_round"])
    verb, facts = "changed_phone" if phone else "removed_phone", {"on_behalf": by.pk != user.pk}
    audit.record(actor=by, verb=verb, thing=f"user:{user.code}", reason=reason, facts=facts, at=at)
    return user


@transaction.atomic
def close_bare(*, user: User, by: User, at: dt.datetime) -> None:
    """An account that was nothing but a phone is closed, and the phone is free. Whoever calls this has looked."""
    facts = {"phone_sealed": None, "phone_blind": None, "is_active": False, "session_round": F("session_round") + 1}
    User.objects.filter(pk=user.pk).update(**facts)
    audit.record(actor=by, verb="closed_account_of_user", thing=f"user:{user.code}", at=at)


@transaction.atomic
def _open_by_code(sent: PhoneCode, *, phone: str, at: dt.datetime) -> User:
    phone_codes.use(sent, at=at)
    user = queries.by_phone(phone) or register(login_name=f"u{short_code()}", phone=phone, at=at)
    return _if_open(user)


# Number and PIN ---------------------------------------------------------------------------------------------------


@transaction.atomic
def print_slip(*, user: User, printed_by: User, at: dt.datetime) -> str:
    """Make the one-time code of a slip, shown this once. Slips printed before count no more."""
    User.objects.select_for_update().get(pk=user.pk)  # two coordinators at two desks: one slip stays good
    PinSlip.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    code = short_code(rules.SLIP_LENGTH)
    PinSlip.objects.create(
        user=user,
        code_hash=_slip_hash(user, code),
        printed_by=printed_by,
        printed_at=at,
        expires_at=at + rules.SLIP_LIVES,
        tries_left=rules.SLIP_TRIES,
    )
    audit.record(actor=printed_by, verb="printed_pin_slip", thing=f"user:{user.code}", at=at)
    return code


def set_pin(*, login_name: str, slip_code: str, pin: str, address: str, at: dt.datetime) -> User:
    """Set the PIN of whoever holds the slip. An unknown number and a wrong slip sound the same."""
    login_name = rules.normal_login_name(login_name)
    user = queries.by_login_name(login_name)
    pin = rules.checked_pin(pin, never=(login_name,))
    reservation = tries.reserve(kind="slip", who=login_name.upper(), address=address, at=at)
    slip = _tried_slip(user, at=at) if user else None
    if user is None or slip is None or not hmac.compare_digest(slip.code_hash, _slip_hash(user, slip_code)):
        raise WrongSlip
    _use_slip(slip, user=user, pin=pin, at=at)
    reservation.forget()
    return _if_open(user)


def sign_in_by_pin(*, login_name: str, pin: str, address: str, at: dt.datetime) -> User:
    """The user with this number and PIN."""
    login_name = rules.normal_login_name(login_name)
    reservation = tries.reserve(kind="pin", who=login_name.upper(), address=address, at=at)
    user = queries.by_login_name(login_name)
    if not is_right(secret=rules.normal_code(pin), kept=user.pin if user else ""):
        raise WrongPin
    reservation.forget()
    assert user is not None
    return _if_open(user)


def _tried_slip(user: User, *, at: dt.datetime) -> PinSlip | None:
    good = PinSlip.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at)
    slip = good.order_by("-printed_at", "-pk").first()
    if slip is None or not PinSlip.objects.filter(pk=slip.pk, tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        return None
    return slip


@transaction.atomic
def _use_slip(slip: PinSlip, *, user: User, pin: str, at: dt.datetime) -> None:
    if not PinSlip.objects.filter(pk=slip.pk, used_at__isnull=True, expires_at__gt=at).update(used_at=at):
        raise WrongSlip
    user.pin = make_password(pin)
    user.end_sessions()
    user.save(update_fields=["pin", "session_round"])
    audit.record(actor=user, verb="set_pin", thing=f"user:{user.code}", at=at)


# Password ---------------------------------------------------------------------------------------------------------


def prove_password(*, login_name: str, password: str, address: str, at: dt.datetime) -> User:
    """The user with this login name and password: half of a staff member's sign-in."""
    login_name = rules.normal_login_name(login_name)
    reservation = tries.reserve(kind="password", who=login_name.upper(), address=address, at=at)
    user = queries.by_login_name(login_name)
    if not is_right(secret=password, kept=user.password if user else ""):
        raise WrongPassword
    reservation.forget()
    assert user is not None
    return _if_open(user)


def prove_own_password(*, user: User, password: str, address: str, at: dt.datetime) -> User:
    """Ask someone signed in for the password again, before something that a forgotten open page must not allow."""
    try:
        return prove_password(login_name=user.login_name, password=password, address=address, at=at)
    except WrongPassword:
        raise WrongOldPassword from None


def change_password(*, user: User, old: str, new: str, address: str, at: dt.datetime) -> User:
    """One's own password, after showing the old one. All other sessions end."""
    prove_own_password(user=user, password=old, address=address, at=at)
    try:
        password_validation.validate_password(new, user)
    except ValidationError as trouble:
        raise WeakPassword(why=" ".join(trouble.messages)) from None
    return set_password(user=user, password=new, by=user, at=at)


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None = None, at: dt.datetime | None = None) -> User:
    """Set a password without asking for the old one: for whoever runs the server, and for demo people."""
    user.set_password(password)
    user.end_sessions()
    user.save(update_fields=["password", "session_round"])
    audit.record(actor=by, verb="set_password", thing=f"user:{user.code}", at=at or clock.now())
    return user


# Keeping house ----------------------------------------------------------------------------------------------------


def forget_old_tries(*, at: dt.datetime) -> dict[str, int]:
    """Delete tries and codes that no limit asks for any more, slips and sessions whose time is over. May run twice."""
    old = at - rules.REMEMBERED
    return {
        "attempts": Attempt.objects.filter(at__lt=old).delete()[0],
        "codes": PhoneCode.objects.filter(sent_at__lt=old).delete()[0],
        "slips": PinSlip.objects.filter(expires_at__lt=old).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=at).delete()[0],
    }


# Helpers ----------------------------------------------------------------------------------------------------------


def _new_user(newcomer: Newcomer, *, at: dt.datetime, is_demo: bool) -> User:
    user = User(
        login_name=rules.normal_login_name(newcomer.login_name), name=newcomer.name, is_demo=is_demo, created_at=at
    )
    user.set_unusable_password()
    if newcomer.phone:
        phone = queries.sealed_phone(newcomer.phone)
        user.phone_sealed, user.phone_blind = phone.sealed, phone.blind
    return user


def _saved(user: User, *, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as trouble:
        raise _taken(trouble) from None


def _taken(trouble: IntegrityError) -> Exception:
    """The database decides who was first; which of its constraints spoke tells what was taken."""
    constraint = getattr(getattr(trouble.__cause__, "diag", None), "constraint_name", "") or ""
    refusal = UNIQUE_NAMES.get(constraint)
    return refusal() if refusal else trouble


def _if_open(user: User) -> User:
    if not user.is_active:
        raise AccountClosed
    return user


def is_right(*, secret: str, kept: str) -> bool:
    """Compare with a kept hash; where there is none, hash all the same, so that the time taken tells nothing."""
    if not kept or kept.startswith("!"):
        make_password(secret)
        return False
    return check_password(secret, kept)


def _slip_hash(user: User, code: str) -> str:
    return vault().blind(f"{user.code}:{rules.normal_code(code)}", purpose="pin_slip").hex()
