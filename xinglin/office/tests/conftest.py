"""The console of the tests stands at a host name of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from xinglin.office.models import Operator
from xinglin.office.tests.factories import HOST, make_operator, signed_in


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A page asked for in English leaves its language behind in this thread."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def console(settings: Any, db: None) -> str:
    """There is a console, at this host."""
    settings.CONSOLE_HOST = HOST
    settings.ALLOWED_HOSTS = ["*"]
    return HOST


@pytest.fixture
def qiao(console: str) -> Operator:
    """乔工 runs the installation."""
    return make_operator("qiao")


@pytest.fixture
def desk(qiao: Operator) -> Client:
    """Her browser, signed in."""
    return signed_in(qiao)
