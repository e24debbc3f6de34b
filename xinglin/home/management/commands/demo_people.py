"""`manage.py demo_people`: how to sign in as the demo's people, with the staff's codes of this moment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.home import demo
from xinglin.organisation.models import Role


class Command(BaseCommand):
    """Prints one line for each person and door."""

    help = "打印演示人员的登录方式 · print the demo people's sign-ins"

    def handle(self, *args: Any, **options: Any) -> None:
        served, leads = demo.volunteers()
        self.stdout.write("志愿者 volunteer · /sign-in/ 手机号，验证码打印在这个窗口 · phone; the code is printed here")
        for volunteer, role in ((served, "志愿者 volunteer"), (leads, "队长 team leader")):
            self.stdout.write(f"  {role}  {volunteer.person.name}  {accounts.phone_of(volunteer.person.user)}")
        self.stdout.write(f"工作人员 staff · /sign-in/staff/ 密码 password {demo.PASSWORD} + 动态码 code")
        for one in demo.STAFF:
            user = User.objects.get(login_name=one.login_name)
            code = accounts.current_totp_code(user)
            role = Role.Name(one.role)
            self.stdout.write(f"  {role.label} {role.value}  {one.name}  {one.login_name}  动态码 code {code}")
        self.stdout.write("动态码每 30 秒一换，再看：make codes · codes change every 30 s: make codes")
