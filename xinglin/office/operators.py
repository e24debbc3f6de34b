"""The verbs of operators: making them, and proving to whom an account belongs. Tries are counted as in the cities."""

from __future__ import annotations

import datetime as dt
import secrets

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts import rules as typed
from xinglin.accounts import second_factor, tries
from xinglin.accounts.errors import (
    SecondFactorReplayed,
    WeakPassword,
    WrongOldPassword,
    WrongPassword,
    WrongSecondFactor,
)
from xinglin.cities import keys
from xinglin.office import actions, queries, rules
from xinglin.office.errors import BadLoginName, OperatorClosed, OperatorExists
from xinglin.office.models import Operator, RecoveryCode, Try

TOTP, RECOVERY = "operator_totp", "operator_recovery"
BOOK = tries.Book(Try, keys.installation_vault)


@transaction.atomic
def create(*, login_name: str, password: str, is_demo: bool = False, at: dt.datetime) -> Operator:
    """A new operator, who sets up an authenticator at the first sign-in, before anything else."""
    login_name = login_name.strip().lower()
    if not rules.is_login_name(login_name):
        raise BadLoginName
    operator = Operator(login_name=login_name, password=_hash_of(password), is_demo=is_demo, created_at=at)
    try:
        with transaction.atomic():
            operator.save()
    except IntegrityError:
        raise OperatorExists(login_name=login_name) from None
    actions.note(operator=None, verb="created_operator", thing=f"operator:{operator.code}", at=at)
    return operator


def prove_password(*, login_name: str, password: str, address: str, at: dt.datetime) -> Operator:
    """The operator with this login name and password: half of the sign-in."""
    login_name = typed.normal_login_name(login_name)
    reservation = tries.reserve(kind="password", who=login_name.upper(), address=address, at=at, book=BOOK)
    operator = queries.by_login_name(login_name)
    if not accounts.is_right(secret=password, kept=operator.password if operator else ""):
        raise WrongPassword
    reservation.forget()
    assert operator is not None
    if not operator.is_open:
        raise OperatorClosed
    return operator


def show_second_factor(*, operator: Operator, code: str, address: str, at: dt.datetime) -> Operator:
    """Accept the authenticator's current code or an unused recovery code, each once; else refuse."""
    reservation = tries.reserve(kind="second_factor", who=operator.code, address=address, at=at, book=BOOK)
    code = typed.normal_code(code)
    if len(code) == rules.RECOVERY_DIGITS:
        _use_recovery_code(operator, code, at=at)
    else:
        _use_totp(operator, code, at=at)
    reservation.forget()
    actions.note(operator=operator, verb="signed_in", thing=f"operator:{operator.code}", at=at)
    return operator


@transaction.atomic
def set_up_second_factor(*, operator: Operator, secret: str, code: str, at: dt.datetime) -> tuple[Operator, list[str]]:
    """Tie an authenticator to the operator once it has shown a code of `secret`; returns the recovery codes with it."""
    counter = second_factor.matching_counter(secret, typed.normal_code(code), at=at)
    if counter is None:
        raise WrongSecondFactor
    operator = Operator.objects.select_for_update().get(pk=operator.pk)
    operator.totp_sealed = keys.installation_vault().seal(secret, purpose=TOTP)
    operator.totp_counter = counter  # the code that proved it has been used by that
    operator.session_round += 1
    operator.save(update_fields=["totp_sealed", "totp_counter", "session_round"])
    actions.note(operator=operator, verb="set_up_second_factor", thing=f"operator:{operator.code}", at=at)
    return operator, make_recovery_codes(operator=operator, at=at)


@transaction.atomic
def make_recovery_codes(*, operator: Operator, at: dt.datetime) -> list[str]:
    """New recovery codes, in the clear this once; those made before count no more."""
    codes = [
        f"{secrets.randbelow(10**rules.RECOVERY_DIGITS):0{rules.RECOVERY_DIGITS}d}" for _ in range(rules.RECOVERY_CODES)
    ]
    operator.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(operator=operator, code_blind=_blind(operator, code)) for code in codes
    )
    actions.note(operator=operator, verb="made_recovery_codes", thing=f"operator:{operator.code}", at=at)
    return codes


def prove_own_password(*, operator: Operator, password: str, address: str, at: dt.datetime) -> Operator:
    """Ask an operator for the password again, before something that a forgotten open page must not allow."""
    try:
        return prove_password(login_name=operator.login_name, password=password, address=address, at=at)
    except WrongPassword:
        raise WrongOldPassword from None


def change_password(*, operator: Operator, old: str, new: str, address: str, at: dt.datetime) -> Operator:
    """One's own password, after showing the old one. All other sessions end."""
    prove_own_password(operator=operator, password=old, address=address, at=at)
    return _set_password(operator, new, verb="changed_password", by=operator, reason="", at=at)


@transaction.atomic
def reset(*, operator: Operator, password: str, reason: str, at: dt.datetime) -> Operator:
    """For an operator who lost password or telephone: a new password, no authenticator, no session left open."""
    if not operator.is_open:
        raise OperatorClosed
    operator.totp_sealed = operator.totp_counter = None
    operator.recovery_codes.all().delete()
    operator.save(update_fields=["totp_sealed", "totp_counter"])
    return _set_password(operator, password, verb="reset_operator", by=None, reason=reason, at=at)


@transaction.atomic
def close(*, operator: Operator, reason: str, at: dt.datetime) -> Operator:
    """No sign-in from now on, and every open session ends. The account stays, for the trail."""
    Operator.objects.filter(pk=operator.pk, closed_at=None).update(closed_at=at)
    operator.refresh_from_db()
    actions.note(operator=None, verb="closed_operator", thing=f"operator:{operator.code}", reason=reason, at=at)
    return operator


@transaction.atomic
def make_demo(*, login_name: str, password: str, secret: str, at: dt.datetime) -> Operator:
    """The demo's operator with a known authenticator, made once; production refuses to start beside it."""
    operator = queries.by_login_name(login_name)
    if operator is None:
        operator = create(login_name=login_name, password=password, is_demo=True, at=at)
        operator.totp_sealed = keys.installation_vault().seal(secret, purpose=TOTP)
        operator.save(update_fields=["totp_sealed"])
    assert operator.is_demo, "an operator of this name is there already, and is nobody of the demo"
    return operator


@transaction.atomic
def _use_totp(operator: Operator, code: str, *, at: dt.datetime) -> None:
    kept = Operator.objects.select_for_update().get(pk=operator.pk)
    if kept.totp_sealed is None:
        raise WrongSecondFactor
    secret = keys.installation_vault().open(bytes(kept.totp_sealed), purpose=TOTP)
    counter = second_factor.matching_counter(secret, code, at=at)
    if counter is None:
        raise WrongSecondFactor
    if kept.totp_counter is not None and counter <= kept.totp_counter:
        raise SecondFactorReplayed
    kept.totp_counter = counter
    kept.save(update_fields=["totp_counter"])


@transaction.atomic
def _use_recovery_code(operator: Operator, code: str, *, at: dt.datetime) -> None:
    unused = operator.recovery_codes.filter(code_blind=_blind(operator, code), used_at=None)
    if not unused.update(used_at=at):
        raise WrongSecondFactor
    left = operator.recovery_codes.filter(used_at=None).count()
    thing = f"operator:{operator.code}"
    actions.note(operator=operator, verb="used_recovery_code", thing=thing, at=at, facts={"left": left})


@transaction.atomic
def _set_password(
    operator: Operator, password: str, *, verb: str, by: Operator | None, reason: str, at: dt.datetime
) -> Operator:
    operator.password = _hash_of(password)
    operator.session_round += 1
    operator.save(update_fields=["password", "session_round"])
    actions.note(operator=by, verb=verb, thing=f"operator:{operator.code}", reason=reason, at=at)
    return operator


def _hash_of(password: str) -> str:
    try:
        password_validation.validate_password(password)
    except ValidationError as trouble:
        raise WeakPassword(why=" ".join(trouble.messages)) from None
    return make_password(password)


def _blind(operator: Operator, code: str) -> bytes:
    return keys.installation_vault().blind(f"{operator.code}:{code}", purpose=RECOVERY)
