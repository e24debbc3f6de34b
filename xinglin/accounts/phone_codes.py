"""Codes sent to a phone, each for one purpose: short-lived, few tries, used once.

What was sent for signing in changes no account, and what was sent for changing one opens no door.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.db import transaction

from xinglin.accounts import queries, rules, sending, tries
from xinglin.accounts.errors import CodeExpired, CodeSpent, WrongCode
from xinglin.accounts.models import PhoneCode
from xinglin.accounts.vault import vault

SIGN_IN = ""


def send(*, phone: str, address: str, at: dt.datetime, purpose: str = SIGN_IN) -> None:
    """Send a code. The answer is the same whether or not the phone has an account."""
    phone = rules.normal_phone(phone)
    code = f"{secrets.randbelow(10**6):06d}"
    _keep(phone=phone, code=code, purpose=purpose, address=address, at=at)
    # Sent after the commit: no lock waits for another house's server, and a message sent is a message counted.
    sending.send_sign_in_code(phone=phone, code=code)


def show(*, phone: str, code: str, at: dt.datetime, purpose: str = SIGN_IN) -> PhoneCode:
    """The code that was sent to this phone for this purpose, if it was typed right. One try is gone in any case."""
    phone = rules.normal_phone(phone)
    sent = _tried(phone=phone, at=at)
    if not hmac.compare_digest(sent.code_hash, _hash(phone, rules.normal_code(code), purpose)):
        raise CodeSpent if sent.tries_left == 0 else WrongCode
    return sent


def use(sent: PhoneCode, *, at: dt.datetime) -> None:
    """Each code counts once. Belongs into the transaction of what it opens."""
    if not PhoneCode.objects.filter(pk=sent.pk, used_at__isnull=True).update(used_at=at):
        raise CodeExpired


@transaction.atomic(durable=True)
def _keep(*, phone: str, code: str, purpose: str, address: str, at: dt.datetime) -> None:
    tries.reserve_code(to=phone, address=address, at=at)
    PhoneCode.objects.create(
        phone_blind=vault().blind(phone, purpose=queries.PHONE),
        code_hash=_hash(phone, code, purpose),
        sent_at=at,
        expires_at=at + rules.CODE_LIVES,
        tries_left=rules.CODE_TRIES,
    )


@transaction.atomic(durable=True)
def _tried(*, phone: str, at: dt.datetime) -> PhoneCode:
    """The latest code of this phone, with one try taken from it under its lock: no guess slips past."""
    sent = PhoneCode.objects.select_for_update().filter(phone_blind=vault().blind(phone, purpose=queries.PHONE))
    latest = sent.order_by("-sent_at", "-pk").first()
    if latest is None or latest.used_at or latest.expires_at <= at:
        raise CodeExpired
    if latest.tries_left == 0:
        raise CodeSpent
    latest.tries_left -= 1
    latest.save(update_fields=["tries_left"])
    return latest


def _hash(phone: str, code: str, purpose: str) -> str:
    said = f"{purpose}:{phone}:{code}" if purpose else f"{phone}:{code}"
    return vault().blind(said, purpose="phone_code").hex()
