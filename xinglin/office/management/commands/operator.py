"""`manage.py operator create|list|reset|close`: who runs this installation, from the server's terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from xinglin.accounts.queries import totp_code_of
from xinglin.cities import current
from xinglin.lib import clock
from xinglin.lib.environment import DEMO_CONSOLE
from xinglin.lib.errors import Refusal
from xinglin.office import operators, queries
from xinglin.office.forms import LONGEST_REASON

DEMO_LOGIN, DEMO_PASSWORD = "console", "xinglin-demo-2026"  # of the demo only; production refuses to start beside it
DEMO_SECRET = "MNXW443PNRSTEMBSGYWXQ2LO"


class Command(BaseCommand):
    help = "控制台的操作员：新建、列出、重置、停用 · the console's operators: create, list, reset, close"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="新建；密码在终端里问 · a new one; asks for the password")
        verbs.add_parser("list", help="列出 · all of them")
        reset = verbs.add_parser("reset", help="换密码，清除验证器 · a new password and no second factor")
        close = verbs.add_parser("close", help="停用 · close the account")
        verbs.add_parser("demo", help="演示用的操作员 · the demo's operator and the code of this moment")
        for parser in (create, reset, close):
            parser.add_argument("login_name", help="登录名，小写字母开头 · login name, in small letters")
        for parser in (reset, close):
            parser.add_argument(
                "--reason", required=True, type=_reason, help="为什么，留在记录里 · why; stays in the trail"
            )
        for parser in (create, reset):
            parser.add_argument("--password-stdin", action="store_true", help="从标准输入读 · from standard input")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            with current.outside():
                getattr(self, f"_{verb}")(**options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _create(self, *, login_name: str, password_stdin: bool, **_options: Any) -> None:
        operator = operators.create(login_name=login_name, password=_password(password_stdin), at=clock.now())
        self.stdout.write(_("操作员 %(name)s 建好了，第一次登录时先设好验证器") % {"name": operator.login_name})
        self._tell_door()

    def _list(self, **_options: Any) -> None:
        for operator in queries.every_operator():
            state = _("使用中") if operator.is_open else _("已停用")
            factor = _("有验证器") if operator.has_authenticator else _("还没有验证器")
            self.stdout.write(f"{operator.login_name}\t{state}\t{factor}\t{operator.created_at:%Y-%m-%d}")
        self._tell_door()

    def _reset(self, *, login_name: str, reason: str, password_stdin: bool, **_options: Any) -> None:
        operator = queries.operator_named(login_name)
        operators.reset(operator=operator, password=_password(password_stdin), reason=reason, at=clock.now())
        self.stdout.write(_("%(name)s 的密码换好了，验证器已清除，所有登录都已退出") % {"name": operator.login_name})

    def _close(self, *, login_name: str, reason: str, **_options: Any) -> None:
        operator = operators.close(operator=queries.operator_named(login_name), reason=reason, at=clock.now())
        self.stdout.write(_("操作员 %(name)s 已停用") % {"name": operator.login_name})

    def _demo(self, **_options: Any) -> None:
        at, kept = clock.now(), queries.by_login_name(DEMO_LOGIN)
        if settings.MODE == "demo":
            operators.make_demo(login_name=DEMO_LOGIN, password=DEMO_PASSWORD, secret=DEMO_SECRET, at=at)
        elif kept is None or not kept.is_demo:
            raise CommandError(_("只有演示时才有这个操作员"))
        code = totp_code_of(DEMO_SECRET, at=at)
        door = f"http://{settings.CONSOLE_HOST or DEMO_CONSOLE}:{settings.PORT}/"
        self.stdout.write(f"控制台 console · {door} {DEMO_LOGIN} 密码 password {DEMO_PASSWORD} 动态码 code {code}")

    def _tell_door(self) -> None:
        if settings.CONSOLE_HOST:
            self.stdout.write(_("控制台的域名：%(host)s") % {"host": settings.CONSOLE_HOST})
        else:
            self.stdout.write(_("还没有控制台：设好 XINGLIN_CONSOLE_HOST 再重新启动"))


def _reason(text: str) -> str:
    """What fits into the trail."""
    return text.strip()[:LONGEST_REASON]


def _password(from_stdin: bool) -> str:
    """Never an argument: those stand in the shell's history and in the list of processes."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass(_("密码："))
    if getpass(_("再输一遍：")) != password:
        raise CommandError(_("两次输入的不一样，请再来一次"))
    return password
