"""What accounts holds of somebody: the phone, what signs in, and slips. The account's code stays, nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from xinglin.accounts import queries
from xinglin.accounts.models import PhoneCode, PinSlip, User
from xinglin.audit import actions as audit
from xinglin.lib.whole_person import Key, Moved, Section, Whole, emptied

KEYS = {
    "accounts.PinSlip.user": Key.OWN,
    "accounts.PinSlip.printed_by": Key.HAND,
    "mfa.Authenticator.user": Key.OWN,
    "account.EmailAddress.user": Key.OWN,
    "account.EmailConfirmation.email_address": Key.OWN,
}
KEPT = {"code", "login_name", "password"}


def export(who: Whole, at: dt.datetime) -> list[Section]:
    """How they sign in. What is secret about it is nobody's to read, not even theirs."""
    user = who.user
    row = {
        "code": user.code,
        "login_name": user.login_name,
        "name": user.name,
        "phone": queries.phone_of(user) or "",
        "has_pin": bool(user.pin),
        "has_second_factor": queries.has_totp(user),
        "created_at": user.created_at.isoformat(),
    }
    labels = {
        "code": _("账号代号"),
        "login_name": _("登录名"),
        "name": _("姓名"),
        "phone": _("手机"),
        "has_pin": _("设了 PIN"),
        "has_second_factor": _("设了动态码"),
        "created_at": _("开户时间"),
    }
    return [Section("account", _("账号"), labels, [row])]


def erase(who: Whole, by: Any, at: dt.datetime) -> None:
    """Nobody signs in with it any more, and it names nobody."""
    user = User.objects.select_for_update().get(pk=who.user.pk)
    _close(user)
    audit.record(actor=by, verb="closed_account_of_user", thing=f"user:{user.code}", at=at)


def merge(kept: Whole, gone: Whole, by: Any, at: dt.datetime) -> list[Moved]:
    """The phone goes along where the kept account has none; the other account is closed."""
    users = {user.pk: user for user in User.objects.select_for_update().filter(pk__in=[kept.user.pk, gone.user.pk])}
    staying, leaving = users[kept.user.pk], users[gone.user.pk]
    sealed, blind = leaving.phone_sealed, leaving.phone_blind
    moves_phone = not staying.phone_sealed and bool(sealed)
    _close(leaving)
    if moves_phone:
        staying.phone_sealed, staying.phone_blind = sealed, blind
        staying.save(update_fields=["phone_sealed", "phone_blind"])
    audit.record(actor=by, verb="closed_account_of_user", thing=f"user:{leaving.code}", at=at)
    return moves(kept, gone) if moves_phone else []


def moves(kept: Whole, gone: Whole) -> list[Moved]:
    """What would go along."""
    has_one = not kept.user.phone_sealed and bool(gone.user.phone_sealed)
    return [Moved(_("手机号"), 1)] if has_one else []


def _close(user: User) -> None:
    if user.phone_blind:
        PhoneCode.objects.filter(phone_blind=bytes(user.phone_blind)).delete()
    PinSlip.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.end_sessions()
    facts = emptied(User, keep=KEPT) | {
        "is_active": False,
        "login_name": f"gone-{user.code.lower()}",
        "password": user.password,
        "session_round": user.session_round,
    }
    # One statement for all of it, so that no field that comes later is forgotten.
    User.objects.filter(pk=user.pk).update(**facts)
