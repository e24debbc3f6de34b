"""An upgrade that fails says where, and how to go back; what a row holds it does not say."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest

from xinglin.lib.backup import landing, upgrading
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import Target
from xinglin.lib.terminal import Halt

TOLD = """Running migrations:
  Applying people.0004_add_bed... OK
  Applying people.0005_fill_bed..."""
COMPLAINED = """Traceback (most recent call last):
django.db.utils.IntegrityError: could not create unique index "one"
DETAIL:  Key (phone)=(13800000000) is duplicated.
"""
COPY = Copy(Path("safe.backup"), "upgrade", "", dt.datetime(2026, 11, 24, tzinfo=dt.UTC), 1, "", 1.0, "then", {})


def failing(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], 1, TOLD, COMPLAINED)


def test_the_migration_that_was_begun_and_not_finished_is_named():
    assert landing.failed_migration(TOLD, "") == "people.0005_fill_bed"


def test_cities_that_failed_are_named():
    complained = "✗ ruian: IntegrityError: bad\n✗ wenzhou: DataError: bad\n这些城市没有更新成功"

    assert landing.failed_migration("", complained) == "ruian: IntegrityError: bad；wenzhou: DataError: bad"


def test_a_failed_migration_says_how_to_go_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "run", failing)

    with pytest.raises(Halt) as told:
        upgrading.migrate("postgresql:///x", COPY)

    assert "people.0005_fill_bed" in told.value.chinese
    assert "make setup" in told.value.chinese
    assert "make restore FROM=safe.backup" in told.value.english


def test_a_failed_rehearsal_says_that_nothing_was_touched_and_quotes_no_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "run", failing)

    with pytest.raises(Halt, match=r"people\.0005_fill_bed.*没有动过") as told:
        landing.rehearse(Target("postgresql:///x"))

    assert "IntegrityError" in str(told.value)
    assert "13800000000" not in str(told.value)
