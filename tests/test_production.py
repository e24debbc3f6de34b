"""Production does not start on a database in which the demo was played."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import Tags, run_checks

import xinglin.checks  # noqa: F401 - registers the check, as manage.py does
from tests.architecture.house import ROOT
from xinglin.accounts.models import User
from xinglin.lib import clock

pytestmark = pytest.mark.django_db


def complaints() -> list[str | None]:
    return [message.id for message in run_checks(tags=[Tags.database], databases=["default"])]


def test_demo_people_keep_production_from_starting(settings: Any):
    settings.MODE = "production"
    User.objects.create(login_name="LX0001", is_demo=True, created_at=clock.now())

    assert "xinglin.E001" in complaints()


def test_without_demo_people_production_starts(settings: Any):
    settings.MODE = "production"
    User.objects.create(login_name="LX0001", created_at=clock.now())

    assert "xinglin.E001" not in complaints()


def test_the_demo_may_have_demo_people(settings: Any):
    settings.MODE = "demo"
    User.objects.create(login_name="LX0001", is_demo=True, created_at=clock.now())

    assert "xinglin.E001" not in complaints()


def test_what_is_private_is_never_committed():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()

    assert "/var/" in ignored
