"""Set a staff member's password from the server's terminal: the first one, or when it was forgotten."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinglin.accounts import actions, queries
from xinglin.lib import clock


class Command(BaseCommand):
    help = "设置登录密码（在终端输入两遍，或从标准输入读一行）。 Set the password of LOGIN, typed twice or piped in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="登录名 login name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = queries.by_login_name(options["login"])
        if user is None:
            raise CommandError("没有这个登录名。 There is no such login name.")
        password = _typed()
        try:
            validate_password(password, user)
        except ValidationError as trouble:
            raise CommandError(" ".join(trouble.messages)) from None
        actions.set_password(user=user, password=password, at=clock.now())
        self.stdout.write("密码设好了。 The password is set.")


def _typed() -> str:
    """Never an argument: those stand in the shell's history and in the list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("新密码 new password: ")
    if getpass.getpass("再写一遍 once more: ") != password:
        raise CommandError("两遍不一样。 The two differ.")
    return password
