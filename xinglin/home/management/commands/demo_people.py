"""`manage.py demo_people`: how to sign in as the demo's people, with the staff's codes of this moment."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.home import demo
from xinglin.organisation.models import Role


class Command(BaseCommand):
    """Prints one line for each person, and one for each door."""

    help = "打印演示人员的登录方式 · print the demo people's sign-ins"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("六个人可以登录 · six people to sign in as")
        for line in in_columns([*_volunteers(), *_staff()]):
            self.stdout.write(f"  {line}")
        self.stdout.write("手机号：/sign-in/，验证码打印在这个窗口 · by phone; the code is printed here")
        self.stdout.write(f"登录名：/sign-in/staff/，密码 password {demo.PASSWORD} 加动态码 · by name, and the code")
        city = os.environ.get("XINGLIN_DEMO_CITY", "")
        again = f"make codes CITY={city}" if city else "make codes"  # each demo city lives in a folder of its own
        self.stdout.write(f"动态码每 30 秒一换，再看：{again} · codes change every 30 s: {again}")


def in_columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows with their cells below each other; a Chinese character is two letters wide."""
    rows = list(rows)
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return ["  ".join(row).rstrip() for row in padded]


def _volunteers() -> Iterable[tuple[str, ...]]:
    serves, leads = demo.volunteers()
    for volunteer, role in ((serves, Role.Name.VOLUNTEER), (leads, Role.Name.TEAM_LEADER)):
        phone = accounts.phone_of(volunteer.person.user) or ""
        yield str(role.label), _english(role), volunteer.person.name, phone, ""


def _staff() -> Iterable[tuple[str, ...]]:
    for one in demo.STAFF:
        role = Role.Name(one.role)
        code = accounts.current_totp_code(User.objects.get(login_name=one.login_name))
        yield str(role.label), _english(role), one.name, one.login_name, f"动态码 code {code}"


def _english(role: Role.Name) -> str:
    return role.value.replace("_", " ")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
