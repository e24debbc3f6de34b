"""The clock: what the kernel says of it, and how far another clock is from ours."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from xinglin.lib import clock_check

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


@pytest.mark.parametrize("theirs", [-5.0, 0.0, 5.0])
def test_the_offset_is_counted_from_the_middle_of_the_question(theirs: float):
    found = clock_check.offset_s(NOON + seconds(1 + theirs), asked_at=NOON, answered_at=NOON + seconds(2))

    assert found == theirs


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_asking_the_kernel_needs_no_rights_and_changes_nothing():
    assert clock_check.is_synchronised() in (True, False, None)


def test_a_stamp_of_timesyncd_counts(tmp_path, monkeypatch: pytest.MonkeyPatch):
    stamp = tmp_path / "synchronized"
    stamp.touch()
    monkeypatch.setattr(clock_check, "TIMESYNCD_STAMP", stamp)

    assert clock_check.is_synchronised() is True
