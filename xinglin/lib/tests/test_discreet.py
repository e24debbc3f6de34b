"""What may stand for good: words, dates and volunteer numbers; nobody's phone, document or name."""

from __future__ import annotations

import pytest

from xinglin.lib import discreet


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("打过13912340077，没人接", "打过…，没人接"),
        ("电话 139 1234 0077", "电话 …"),
        ("电话139-1234-0077", "电话…"),
        ("证件33038119900517001X不符", "证件…不符"),
        ("证件 330381 19900517 001X", "证件 …"),
        ("护照E12345678", "护照…"),
        ("座机65881234", "座机…"),
        ("１３９１２３４００７７", "…"),
    ],
)
def test_a_number_of_somebody_leaves_a_gap(typed, kept):
    assert discreet.without_numbers(typed) == kept


@pytest.mark.parametrize(
    "typed", ["2026-11-24 早上没来", "少记了120分钟", "和V0000777是同一个人", "班次8F3KQ2TM", "第3队 40人"]
)
def test_what_is_nobodys_number_stays(typed):
    assert discreet.without_numbers(typed) == typed


def test_whom_it_is_about_needs_no_name():
    assert discreet.said("林晓打13912340077请假", about="林晓") == "本人打…请假"
    assert discreet.said("晓市开张", about="晓") == "晓市开张"
