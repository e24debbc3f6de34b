"""No form speaks of variables and fields: every default sentence is ours."""

from __future__ import annotations

import pytest
from django import forms


class Anything(forms.Form):
    name = forms.CharField(max_length=3)
    places = forms.IntegerField(min_value=1, max_value=9)
    day = forms.DateField()
    starts = forms.TimeField()
    kind = forms.ChoiceField(choices=[("a", "甲")])


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "这里还没有填"),
        ("name", "四个字呀", "最多 3 个字，现在有 4 个"),
        ("places", "很多", "请填一个整数"),
        ("places", "0", "最小填 1"),
        ("places", "10", "最大填 9"),
        ("day", "明天", "请写成 1990-05-17 这样"),
        ("starts", "早上", "请写成 8:30 这样"),
        ("kind", "b", "请从列出的里面选"),
    ],
)
def test_each_sentence_is_for_people(field, typed, sentence):
    assert Anything({field: typed}).errors[field] == [sentence]
