"""Operators for tests, and how one of them knocks at the console."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client

from conftest import LONG_AGO
from xinglin.cities import current
from xinglin.office import operators, sessions
from xinglin.office.models import Operator

HOST = "console.example.cn"
PASSWORD = "杏林 控制台 一二三四"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DP"


def make_operator(login_name: str = "qiao", *, with_authenticator: bool = True) -> Operator:
    """An operator whose authenticator shows `totp_code_of(SECRET, at=…)`."""
    with current.outside():
        operator = operators.create(login_name=login_name, password=PASSWORD, at=LONG_AGO)
        if with_authenticator:
            sealed = operators.keys.installation_vault().seal(SECRET, purpose=operators.TOTP)
            Operator.objects.filter(pk=operator.pk).update(totp_sealed=sealed)
            operator.refresh_from_db()
    return operator


def knocking(**options: Any) -> Client:
    """A browser at the console's address."""
    return Client(headers={"host": HOST}, **options)


def signed_in(operator: Operator, *, second_factor: bool = True, **options: Any) -> Client:
    """The same, signed in as if by the pages."""
    client = knocking(**options)
    with current.outside():
        store = sessions.SessionStore()
        store[sessions.OPERATOR] = f"{operator.code}:{operator.session_round}"
        store[sessions.SECOND_FACTOR] = second_factor
        store.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    return client
