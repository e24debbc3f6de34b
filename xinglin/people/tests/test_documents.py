"""Numbers of identity documents."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from xinglin.people import documents

TODAY = dt.date(2026, 11, 24)
FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}


def number(*, region="330381", born_on=dt.date(1990, 5, 17), serial=42):
    body = f"{region}{born_on:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


@given(
    st.dates(min_value=dt.date(1900, 1, 1), max_value=TODAY),
    st.integers(0, 999),
    st.sampled_from(["110101", "330381", "360121", "710000", "810000", "820000", "830000"]),
)
def test_a_right_number_tells_birthday_and_sex(born_on, serial, region):
    document = documents.read("01", number(region=region, born_on=born_on, serial=serial), today=TODAY)

    assert document.born_on == born_on
    assert document.sex == ("M" if serial % 2 else "F")


@given(st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_no_single_wrong_digit_slips_through(serial, place, step):
    right = number(serial=serial)
    value = 10 if right[place] == "X" else int(right[place])
    base = 11 if place == 17 else 10
    other = "0123456789X"[(value + step) % base]
    wrong = right[:place] + other + right[place + 1 :]

    if wrong != right:
        with pytest.raises(documents.BadNumberError):
            documents.read("01", wrong, today=TODAY)


@given(st.integers(0, 999))
def test_full_width_blanks_and_small_x_are_folded(serial):
    right = number(serial=serial)
    typed = f" {right[:6]} {right[6:14]}　{right[14:].lower()} "

    assert documents.read("01", typed, today=TODAY).number == right
    assert documents.read("01", right.translate(FULL_WIDTH), today=TODAY).number == right


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "no_document_number"),
        ("33038119900517042", "wrong_document_length"),
        ("33038119900231004X", "bad_document_number"),
        ("330381299005170420", "bad_document_number"),
        ("99" + number()[2:], "bad_document_number"),
        ("33038119900517A42X", "bad_document_number"),
        (3.3038119900517e17, "document_spoilt_by_sheet"),
    ],
)
def test_what_cannot_be_a_number_is_said(written, code):
    with pytest.raises(documents.BadNumberError) as bad:
        documents.read("01", written, today=TODAY)

    assert bad.value.code == code


def test_a_passport_is_folded_too():
    assert documents.read("05", "ｅ1234 5677", today=TODAY).key == "05:E12345677"


@given(st.text(max_size=30))
def test_any_text_is_either_read_or_answered(text):
    for kind in ("01", "05"):
        with contextlib.suppress(documents.BadNumberError):
            assert documents.read(kind, text, today=TODAY).number
