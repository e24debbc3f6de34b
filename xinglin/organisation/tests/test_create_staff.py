"""The command that makes the first people of a desk."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from xinglin.accounts.models import User

pytestmark = pytest.mark.django_db


def create(monkeypatch, *, password="zhixin-yuan-2026", login_name="wangmin2", unit="瑞安市人民医院"):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    said = io.StringIO()
    arguments = [login_name, "--name", "王敏", "--role", "coordinator", "--unit", unit, "--password-stdin"]
    call_command("create_staff", *arguments, stdout=said)
    return said.getvalue()


def test_it_makes_an_account_with_a_role_and_tells_of_the_second_factor(monkeypatch, hospital):
    said = create(monkeypatch)

    user = User.objects.get(login_name="wangmin2")
    assert user.check_password("zhixin-yuan-2026")
    assert user.roles.get().unit == hospital
    assert "动态码" in said


@pytest.mark.parametrize("wrong", [{"password": "12345678"}, {"unit": "没有的医院"}])
def test_a_weak_password_and_an_unknown_unit_stop_it(monkeypatch, hospital, wrong):
    with pytest.raises(CommandError):
        create(monkeypatch, **wrong)

    assert not User.objects.exists()


def test_a_second_run_says_that_the_login_name_is_taken(monkeypatch, hospital):
    create(monkeypatch)

    with pytest.raises(CommandError):
        create(monkeypatch)

    assert User.objects.get().roles.count() == 1
