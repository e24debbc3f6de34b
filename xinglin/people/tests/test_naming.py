"""How names are read, and what can be typed to find one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib import pinyin
from xinglin.people import naming


def finds(text, name):
    """Would a person of this name be found by this text? Each part must be the beginning of a word."""
    words = naming.words_of(name)
    parts = naming.sought(text).parts
    return bool(parts) and all(any(word.startswith(part) for word in words) for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        *("林", "晓", "东", "林晓", "晓东", "林晓东", "linxiaodong", "linx", "xiaodong", "dong"),
        *("LXD", "xd", "lx", "林 dong", "ｌｘｄ"),
    ],
)
def test_a_name_is_found_by_any_part_of_it_its_pinyin_or_initials(text):
    assert finds(text, "林晓东")


@pytest.mark.parametrize("text", ["林东", "东林", "ong", "inx", "ld", "zx", "", " ", "。", "🙂"])
def test_and_by_nothing_else(text):
    assert not finds(text, "林晓东")


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单小红", "shanxiaohong"),
        ("解放", "xiefang"),
        ("仇英", "qiuying"),
        ("区志强", "ouzhiqiang"),
        ("查良镛", "zhaliangyong"),
        ("曾国藩", "zengguofan"),
        ("任长霞", "renchangxia"),
        ("尉迟恭", "yuchigong"),
        ("乐天", "yuetian"),
        ("吕绿", "lvlv"),
    ],
)
def test_surnames_are_read_as_surnames(name, reading):
    assert "".join(pinyin.readings(name)[0]) == reading
    assert finds(reading, name)


def test_a_name_in_letters_is_found_as_it_is_written():
    assert finds("anna", "Anna Müller") or finds("anna", "Anna Mueller")
    assert finds("买买提", "阿卜杜热西提·买买提")


def test_numbers_are_told_apart_from_names():
    assert naming.sought(" 138-0000 0001 ").phone == "13800000001"
    assert naming.sought("v0000123").number == 123
    assert naming.sought("11010519491231002x").id_card == "11010519491231002X"
    assert naming.sought("王" * 500).parts == ("王" * naming.LONGEST_WORD,)


@given(st.text(max_size=40), st.text(max_size=60))
def test_whatever_is_typed_or_written_there_is_an_answer(text, name):
    assert len(naming.words_of(name)) <= 200
    assert len(naming.sought(text).parts) <= naming.MOST_PARTS


@given(st.text(alphabet="林晓东王敏单乐伟刚静", min_size=1, max_size=6), st.data())
def test_every_part_of_a_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    reading = data.draw(st.sampled_from(pinyin.readings(name)))

    assert finds(name[start:end], name)
    assert finds("".join(reading[start:]), name)
    assert finds("".join(syllable[0] for syllable in reading[start:end]), name)


def test_names_stand_together_by_their_initials():
    said = [naming.sound_of(naming.words_of(name)) for name in ("林晓东", "李兴德", "林", "A", "")]

    assert said == ["lxd", "lxd", "l", "a", ""]
