"""Times as people type them."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.activities.errors import NotATime
from xinglin.activities.typed import time_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", "09:00"),
        ("9:05", "09:05"),
        ("0905", "09:05"),
        ("905", "09:05"),
        ("９：３０", "09:30"),
        ("9.30", "09:30"),
        ("9点", "09:00"),
        ("9点半", "09:30"),
        ("14时05分", "14:05"),
        (" 17 : 00 ", "17:00"),
        ("0:00", "00:00"),
        ("23:59", "23:59"),
    ],
)
def test_a_time_is_read_however_it_is_typed(typed, meant):
    assert time_of(typed) == dt.time.fromisoformat(meant)


@pytest.mark.parametrize("typed", ["", "abc", "25:00", "9:60", "12345", "-1", "下午", "9:5:1"])
def test_what_is_no_time_is_said_so(typed):
    with pytest.raises(NotATime):
        time_of(typed)


@given(st.times())
def test_every_time_that_we_print_can_be_typed_back(time):
    assert time_of(f"{time.hour}:{time.minute:02d}") == time.replace(second=0, microsecond=0)


@given(st.text(max_size=20))
def test_nothing_that_is_typed_breaks_it(typed):
    with contextlib.suppress(NotATime):
        assert isinstance(time_of(typed), dt.time)
