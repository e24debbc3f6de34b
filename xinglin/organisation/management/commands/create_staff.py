"""`manage.py create_staff wangmin --name 王敏 --role coordinator --unit 瑞安市人民医院`: the first people of a desk."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from xinglin.accounts import actions as accounts
from xinglin.accounts.models import User
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import actions, queries
from xinglin.organisation.models import Role, Unit


class Command(BaseCommand):
    help = "建一个工作人员账号并授予角色 · Make a staff account and grant it a role"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login_name", help="the word to sign in with")
        parser.add_argument("--name", required=True, help="the person's name as pages show it")
        roles = [name for name in Role.Name.values if name != Role.Name.VOLUNTEER]
        parser.add_argument("--role", required=True, choices=roles)
        parser.add_argument("--unit", required=True, help="the unit's full name or code")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *, login_name: str, name: str, role: str, unit: str, **options: Any) -> None:
        chosen = _unit(unit)
        password = _password(from_stdin=options["password_stdin"], user=User(login_name=login_name, name=name))
        try:
            with transaction.atomic():
                at = clock.now()
                user = accounts.register(login_name=login_name, name=name, at=at)
                accounts.set_password(user=user, password=password, at=at)
                actions.grant_role(user=user, unit=chosen, name=role, granted_by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        said = {"login_name": user.login_name, "role": Role.Name(role).label, "unit": chosen.name}
        self.stdout.write(_("已建账号 %(login_name)s：%(unit)s 的%(role)s") % said)
        self.stdout.write(_("第一次用密码登录以后，请在“我的 › 登录与安全”里设好动态码；没有动态码，这个角色不起作用"))


def _unit(words: str) -> Unit:
    found = queries.open_units()
    unit = found.filter(name=words).first() or found.filter(code=words).first()
    if unit is None:
        raise CommandError(_("没有叫“%(unit)s”的单位，请写全名称") % {"unit": words})
    return unit


def _password(*, from_stdin: bool, user: User) -> str:
    password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass(_("密码："))
    if not from_stdin and getpass(_("再输一遍：")) != password:
        raise CommandError(_("两次输入的不一样，请再来一次"))
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise CommandError(" ".join(weak.messages)) from weak
    return password
