"""Users as tests need them."""

from __future__ import annotations

import datetime as dt
import itertools

from conftest import at
from xinglin.accounts import actions
from xinglin.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "杏花-春雨-江南-2026"
PIN = "802751"
_numbers = itertools.count(1)


def make_user(*, login_name: str = "", phone: str | None = None, since: dt.datetime | None = None) -> User:
    """Someone with an account and no way in yet but the phone."""
    name = login_name or f"test{next(_numbers)}"
    return actions.register(login_name=name, phone=phone, at=since or at("00:00", days=-30))


def make_staff(*, login_name: str = "chenlan", has_totp: bool = True) -> User:
    """Someone with a password and, if asked, an authenticator that holds SECRET."""
    user = actions.set_password(user=make_user(login_name=login_name), password=PASSWORD, at=at("00:00"))
    return actions.set_totp(user=user, secret=SECRET, at=at("00:00")) if has_totp else user


def make_user_with_pin(*, login_name: str = "V000777") -> User:
    """Someone who has used a slip; the PIN is PIN."""
    user = make_user(login_name=login_name)
    code = actions.print_slip(user=user, printed_by=make_user(), at=at("00:00"))
    return actions.set_pin(login_name=login_name, slip_code=code, pin=PIN, address="192.0.2.9", at=at("00:00"))
