"""Lines of a roster, folded and checked."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib.sheets import Line
from xinglin.people import roster
from xinglin.people.tests.test_documents import number

TODAY = dt.date(2026, 11, 24)
GOOD = {
    "姓名": "林晓",
    "性别": "女",
    "证件类型": "内地居民身份证",
    "证件号码": number(),
    "手机号码": "13800000001",
    "所属队伍": "蓝衣陪护队",
    "加入日期": "2019-03-05",
    "专业特长": "医疗急救、驾驶运输",
    "从业状况": "退（离）休人员",
    "可服务时段": "星期六上午,星期日上午",
}
PASSPORT = {"证件类型": "护照", "证件号码": "E12345678"}


def read(**changed):
    return roster.read(Line(3, GOOD | changed), units={"蓝衣陪护队"}, today=TODAY)


def test_a_good_line_has_no_reasons():
    entry, why = read()

    assert why.said == {}
    assert (entry.sex, entry.phone, entry.joined_on) == ("F", "13800000001", dt.date(2019, 3, 5))
    assert (entry.specialities, entry.employment, entry.half_days) == (("01", "03"), "80", ("16", "19"))


@pytest.mark.parametrize(
    "changed",
    [
        {"手机号码": "１３８ ０００００００１"},
        {"手机号码": 13800000001.0},
        {"手机号码": "+86 138-0000-0001"},
        {"手机号码": ""},
        {"性别": ""},
        {"证件类型": "身份证"},
        {"证件类型": ""},
        {"加入日期": "2019年3月5号"},
        {"加入日期": ""},
        {"专业特长": "医疗急救；驾驶运输，"},
        {"所属队伍": " 蓝衣陪护队　"},
        {"出生日期": ""},
        {"出生日期": "1990年5月17日"},
        {"出生日期": "1990年5月"},  # the ID card tells it anyway
        {**PASSPORT, "出生日期": "1990/5/17"},
        PASSPORT,  # in a roster without the column; no shift is open to them until somebody has seen it
    ],
)
def test_what_people_write_differently_is_still_good(changed):
    assert read(**changed)[1].said == {}


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"姓名": " "}, "姓名", "no_name"),
        ({"姓名": "林晓2"}, "姓名", "bad_name"),
        ({"手机号码": "1380000"}, "手机号码", "short_phone"),
        ({"手机号码": "12800000001"}, "手机号码", "bad_phone"),
        ({"性别": "男"}, "性别", "sex_contradicts_document"),
        ({"性别": "不详"}, "性别", "unknown_sex"),
        ({"证件类型": "驾驶证"}, "证件类型", "unknown_document_kind"),
        ({"证件号码": number()[:-1]}, "证件号码", "wrong_document_length"),
        ({**PASSPORT, "出生日期": ""}, "出生日期", "no_birthday"),
        ({**PASSPORT, "出生日期": "五月"}, "出生日期", "bad_birthday"),
        ({**PASSPORT, "出生日期": "2026-11-25"}, "出生日期", "bad_birthday"),
        ({**PASSPORT, "出生日期": "1899-12-31"}, "出生日期", "bad_birthday"),
        ({"出生日期": "1990-05-18"}, "出生日期", "birthday_contradicts_document"),
        ({"所属队伍": "没有的队"}, "所属队伍", "unknown_unit"),
        ({"所属队伍": ""}, "所属队伍", "no_unit"),
        ({"加入日期": "去年"}, "加入日期", "bad_date"),
        ({"加入日期": "2027-01-01"}, "加入日期", "bad_date"),
        ({"专业特长": "医疗急救、飞行"}, "专业特长", "unknown_speciality"),
        ({"学历": "神童"}, "学历", "unknown_education"),
        ({"政治面貌": "某党"}, "政治面貌", "unknown_political_status"),
        ({"从业状况": "神仙"}, "从业状况", "unknown_employment"),
        ({"可服务时段": "半夜"}, "可服务时段", "unknown_availability_half_day"),
        ({"备注": "长" * 201}, "备注", "too_long"),
    ],
)
def test_each_bad_cell_goes_back_with_its_own_reason(changed, column, code):
    _entry, why = read(**changed)

    assert why.codes == {column: code}


def test_a_passport_gets_its_birthday_from_the_column():
    assert read(**PASSPORT, 出生日期="2017-03-02")[0].document.born_on == dt.date(2017, 3, 2)
    assert read(**PASSPORT)[0].document.born_on is None


def test_a_reason_names_the_words_that_are_allowed():
    assert "内地居民身份证、香港居民身份证" in read(证件类型="驾驶证")[1].said["证件类型"]


def test_all_reasons_of_a_line_are_given_at_once():
    assert set(read(姓名="", 手机号码="1", 所属队伍="x")[1].said) == {"姓名", "手机号码", "所属队伍"}


@given(st.dictionaries(st.sampled_from([column.name for column in roster.COLUMNS]), st.text(max_size=20) | st.floats()))
def test_any_line_is_either_good_or_has_reasons_that_can_be_shown(cells):
    entry, why = roster.read(Line(3, cells), units={"蓝衣陪护队"}, today=TODAY)

    assert why.said.keys() == why.codes.keys()
    assert all(why.said.values())
    assert why.said or (entry.name and entry.document.number and entry.unit)


CELLS = {
    "姓名": ["林晓", " 林 晓 ", "", "林1晓", "Ａnna", "阿卜杜热西提", "林\t晓"],
    "性别": ["女", "男", "", "f", "中"],
    "证件类型": ["", "内地居民身份证", "身份证", "护照", "什么"],
    "证件号码": [number(), number()[:-1] + "？", "", 3.3e17, "E12345678", "99" + number()[2:], "０" * 18],
    "出生日期": ["", "1990-05-17", "1990-05-18", dt.date(1990, 5, 17), 33010.0, "五月", "2031-01-01"],
    "手机号码": ["13800000001", "１３８ ０００００００１", 13800000001.0, "", "1380", "23800000001"],
    "所属队伍": ["蓝衣陪护队", "别的队", "", " 蓝衣陪护队　"],
    "加入日期": ["2019-03-05", dt.date(2019, 3, 5), "", "2019-02-30", 43529.0, "2031-01-01"],
    "专业特长": ["", "医疗急救、驾驶运输", "医疗急救，医疗急救", "修表"],
    "从业状况": ["", "退休", "退（离）休人员", "神仙"],
    "备注": ["", "好" * 201, True, 1.0, "带\\斜杠"],
}


@given(st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), max_size=4))
def test_reading_quickly_says_what_reading_carefully_says(lines):
    places = {name: place for place, name in enumerate(CELLS)}
    reader = roster.Reader(places, units={"蓝衣陪护队"}, today=TODAY)

    for at, cells in enumerate(lines, start=2):
        quick, quick_why = reader.read(at, [cells[name] for name in places])
        entry, why = roster.read(Line(at, cells), units={"蓝衣陪护队"}, today=TODAY)

        assert quick == entry
        assert (quick_why.said if quick_why else {}) == why.said
