"""Take away the second factor of someone who lost it; a new one is set up at the next sign-in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinglin.accounts import queries, second_factor
from xinglin.lib import clock

MOST_LETTERS = 500


class Command(BaseCommand):
    help = "清除验证器和备用码，理由记入审计。 Remove the second factor of LOGIN; the reason stays in the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="登录名 login name")
        parser.add_argument("--reason", required=True, help="为什么 why")

    def handle(self, *args: Any, **options: Any) -> None:
        user = queries.by_login_name(options["login"])
        if user is None:
            raise CommandError("没有这个登录名。 There is no such login name.")
        reason = options["reason"].strip()[:MOST_LETTERS]
        if not reason:
            raise CommandError("请写明理由。 Please say why.")
        second_factor.reset_second_factor(user=user, reason=reason, at=clock.now())
        self.stdout.write("已清除，下次用密码登录后重新设置。 Removed; a new one is set up after the next password.")
