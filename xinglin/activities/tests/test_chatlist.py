"""Lists pasted from chat groups, as they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.activities.chatlist import MOST_LINES, read

LIST = """#接龙
周六上午门诊导医，缺 6 人
例 张三 13800000000

1. 林晓
2、王芳（下午）
３．李建国 0812
4 周海燕 13912345678
5.张三+1
6. 陈思远 取消
7. V0000123
8. 许岚🌸🌸
9. 林晓
10.沈佳、吴桐
11.
以上，谢谢大家"""


def people(text):
    """Name and the rest of those who ask for a place."""
    return [line.name or line.number for line in read(text) if not line.problem]


def test_a_list_as_it_comes_from_a_group():
    assert people(LIST) == ["林晓", "王芳", "李建国", "周海燕", "张三", "V0000123", "许岚", "沈佳", "吴桐"]


def test_nothing_is_lost_every_line_comes_back_with_its_problem():
    problems = [(line.said, line.problem) for line in read(LIST) if line.problem]

    assert problems == [
        ("#接龙", "heading"),
        ("周六上午门诊导医,缺 6 人", "heading"),
        ("例 张三 13800000000", "heading"),
        ("6. 陈思远 取消", "cancelled"),
        ("9. 林晓", "repeated"),
        ("11.", "no_name"),
        ("以上,谢谢大家", "heading"),
    ]


@pytest.mark.parametrize(
    ("line", "name", "number", "phone", "tail", "note", "more"),
    [
        ("1. 王芳", "王芳", "", "", "", "", 0),
        ("1、王芳", "王芳", "", "", "", "", 0),
        ("１．王芳", "王芳", "", "", "", "", 0),
        ("①王芳", "王芳", "", "", "", "", 0),
        ("(1) 王芳", "王芳", "", "", "", "", 0),
        ("1）王芳", "王芳", "", "", "", "", 0),
        ("1王芳", "王芳", "", "", "", "", 0),
        ("1: 王芳 13912345678", "王芳", "", "13912345678", "", "", 0),
        ("1. 王芳13912345678", "王芳", "", "13912345678", "", "", 0),
        ("1. 王芳 尾号0812", "王芳", "", "", "0812", "", 0),
        ("1. 王芳0812", "王芳", "", "", "0812", "", 0),
        ("1. 王芳（0812）", "王芳", "", "", "0812", "0812", 0),
        ("1. 王芳（下午）", "王芳", "", "", "", "下午", 0),
        ("1. 王芳 下午", "王芳", "", "", "", "下午", 0),
        ("1. 王芳-急诊", "王芳", "", "", "", "-急诊", 0),
        ("1. 王芳+1", "王芳", "", "", "", "", 1),
        ("1. 王芳＋2人", "王芳", "", "", "", "", 2),
        ("1. 王芳 V0000123", "王芳", "V0000123", "", "", "", 0),
        ("1. v0000123", "", "V0000123", "", "", "", 0),
        ("1. 阿依古丽·买买提", "阿依古丽·买买提", "", "", "", "", 0),
        ("1. John Smith", "John Smith", "", "", "", "", 0),
        ("1. 💪王芳👍🏻", "王芳", "", "", "", "", 0),
        ("王芳", "王芳", "", "", "", "", 0),
    ],
)
def test_one_line_in_its_many_forms(line, name, number, phone, tail, note, more):
    [read_line] = read(line)

    assert read_line.problem == ""
    got = (read_line.name, read_line.number, read_line.phone, read_line.tail, read_line.note, read_line.more)
    assert got == (name, number, phone, tail, note, more)


@pytest.mark.parametrize("word", ["取消", "（取消）", "去不了", "请假了", "退出"])
def test_who_cancels_further_down_does_not_ask_any_more(word):
    assert people(f"1. 王芳\n2. 林晓\n3. 王芳 {word}") == ["林晓"]


def test_who_cancelled_and_came_back_asks_again():
    assert people("1. 王芳 取消\n2. 王芳") == ["王芳"]


def test_two_of_one_name_with_different_phones_are_two_people():
    assert people("1. 王芳 0812\n2. 王芳 3377") == ["王芳", "王芳"]


def test_a_list_without_numbers_is_a_list_too():
    assert people("王芳\n\n林晓\n李建国") == ["王芳", "林晓", "李建国"]


def test_a_list_that_was_passed_on_twice_asks_once():
    assert people("1. 王芳\n1. 王芳\n2. 林晓") == ["王芳", "林晓"]


@given(st.text(max_size=400))
def test_nothing_that_is_pasted_breaks_it_and_no_line_says_nothing(text):
    lines = read(text)

    assert len(lines) <= 60 * MOST_LINES
    for line in lines:
        assert line.said
        assert line.problem in ("", "heading", "cancelled", "repeated", "no_name")
        assert line.problem or line.name or line.number or line.phone


NAME = st.text(alphabet="王李张刘陈杨赵黄周吴芳敏静丽强磊军洋艳杰", min_size=2, max_size=3)
NAMES = st.lists(NAME, min_size=1, max_size=30)
MARKS = st.sampled_from(["{n}. ", "{n}、", "{n}．", "{n}) ", "({n}) ", "{n}: ", "{n} "])


@given(NAMES, MARKS)
def test_names_come_back_in_order_whatever_the_numbering(names, mark):
    pasted = "\n".join(mark.format(n=place) + name for place, name in enumerate(names, 1))

    assert people(pasted) == list(dict.fromkeys(names))
