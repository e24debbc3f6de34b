"""`manage.py operator`: who runs the installation is decided at its server."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from xinglin.cities import commands, current
from xinglin.office import queries
from xinglin.office.models import Deed, Operator
from xinglin.office.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outside() -> Any:
    with current.outside():
        yield


def said(*words: str, typed: str = "", monkeypatch: pytest.MonkeyPatch) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    call_command("operator", *words, stdout=out)
    return out.getvalue()


def test_an_operator_is_made_listed_reset_and_closed(monkeypatch: pytest.MonkeyPatch, settings: Any):
    settings.CONSOLE_HOST = "console.example.cn"

    made = said("create", "qiao", "--password-stdin", typed=PASSWORD, monkeypatch=monkeypatch)
    listed = said("list", monkeypatch=monkeypatch)
    said("reset", "qiao", "--reason", "lost", "--password-stdin", typed=PASSWORD * 2, monkeypatch=monkeypatch)
    said("close", "qiao", "--reason", "left", monkeypatch=monkeypatch)

    assert "console.example.cn" in made
    assert "还没有验证器" in listed
    assert not queries.operator_named("qiao").is_open
    verbs = list(Deed.objects.order_by("id").values_list("verb", "actor_code", "reason"))
    assert verbs == [("created_operator", "", ""), ("reset_operator", "", "lost"), ("closed_operator", "", "left")]


def test_without_a_console_that_is_told(monkeypatch: pytest.MonkeyPatch):
    assert "XINGLIN_CONSOLE_HOST" in said("list", monkeypatch=monkeypatch)


@pytest.mark.parametrize(
    "words", [("reset", "nobody", "--reason", "x", "--password-stdin"), ("close", "nobody", "--reason", "x")]
)
def test_an_unknown_name_is_told_with_those_that_there_are(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(CommandError, match="nobody"):
        said(*words, monkeypatch=monkeypatch)


def test_a_weak_password_makes_nobody(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(CommandError):
        said("create", "qiao", "--password-stdin", typed="123", monkeypatch=monkeypatch)

    assert not Operator.objects.exists()


def test_outside_a_demo_there_is_no_demo_operator(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(CommandError):
        said("demo", monkeypatch=monkeypatch)

    assert not Operator.objects.exists()


def test_in_a_demo_there_is_one_and_production_refuses_to_start_beside_it(
    monkeypatch: pytest.MonkeyPatch, settings: Any
):
    from xinglin.checks import no_demo_people

    settings.MODE, settings.CONSOLE_HOST = "demo", "console.localhost"
    first = said("demo", monkeypatch=monkeypatch)
    said("demo", monkeypatch=monkeypatch)
    settings.MODE = "production"

    assert "http://console.localhost:" in first
    assert Operator.objects.get().has_authenticator
    [error] = no_demo_people(databases=["default"])
    assert "console" in error.msg


def test_it_asks_for_no_city():
    assert not commands.is_of_a_city("operator")
