"""The parts of pages: what they say to eyes, to readers and to scripts."""

from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.cotton_loader import CottonCompiler

from xinglin.lib.web import icons, toast


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def drawn(source, path="/", **context):
    """`source` as a page would draw it."""
    template = engines["django"].from_string(CottonCompiler().process(source))
    return " ".join(template.render(context, RequestFactory().get(path)).split())


def test_minutes_carry_their_value_for_machines():
    assert drawn('<c-minutes :value="150" />') == '<data class="minutes" value="150" ><b>2</b>小时<b>30</b>分</data>'


def test_minutes_can_be_large_and_carry_a_sign():
    page = drawn('<c-minutes :value="180" size="big" sign="+" />')

    assert 'class="minutes big"' in page
    assert "+<b>3</b>小时" in page


def test_a_name_is_escaped_wherever_it_is_drawn():
    page = drawn('<c-cell :title="name" :note="name" /><c-fact label="x">{{ name }}</c-fact>', name="<b>x</b>")

    assert "<b>x</b>" not in page
    assert page.count("&lt;b&gt;x&lt;/b&gt;") == 3


def test_a_cell_without_a_way_on_is_no_link():
    assert "<a " not in drawn('<c-cell title="保险有效" />')
    assert 'href="/x/"' in drawn('<c-cell title="保险" href="/x/" />')


def test_a_phones_button_is_the_main_one_unless_it_says_otherwise():
    assert 'class="weui-btn weui-btn_primary"' in drawn("<c-button>好</c-button>")
    assert 'class="weui-btn weui-btn_default"' in drawn('<c-button kind="plain">好</c-button>')
    assert 'data-hand="time"' in drawn('<c-button kind="time">我到了</c-button>')


def test_a_desks_button_is_plain_unless_it_says_otherwise():
    assert 'class="button"' in drawn("<c-button desk>好</c-button>")
    assert 'class="button main"' in drawn('<c-button desk kind="main">好</c-button>')


def test_an_act_is_a_form_that_proves_where_it_comes_from():
    page = drawn('<c-act action="/take/" data-key="a">报名</c-act>')

    assert 'method="post" action="/take/"' in page
    assert "csrfmiddlewaretoken" in page
    assert 'data-key="a"' in page


def test_an_icon_that_nobody_drew_fails_loudly():
    with pytest.raises(KeyError):
        drawn('<c-icon name="unicorn" />')


def test_icons_are_silent_for_readers():
    assert all('aria-hidden="true"' in drawn(f'<c-icon name="{name}" />') for name in icons.SHAPES)


class OneField(forms.Form):
    phone = forms.CharField(label="电话", help_text="共 11 位", error_messages={"required": "写上电话"})
    who = forms.ChoiceField(label="谁", choices=[("a", "我"), ("b", "家人")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="同意", required=False)


def test_a_field_tells_readers_its_help_and_its_error():
    page = drawn('<c-field :field="form.phone" />', form=OneField({}))

    assert '<label for="id_phone">电话</label>' in page
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_phone_error"' in page
    assert "写上电话" in page


def test_choices_stand_in_a_fieldset_with_a_legend():
    page = drawn('<c-field :field="form.who" kind="chips" />', form=OneField())

    assert "<fieldset" in page
    assert "<legend>谁</legend>" in page
    assert page.count('type="radio"') == 2


def test_a_summary_of_errors_leads_to_each_field_and_is_silent_without_any():
    page = drawn('<c-errors :form="form" />', form=OneField({}))

    assert 'href="#id_phone"' in page
    assert 'href="#id_who_0"' in page
    assert "还差 2 处" in page
    assert drawn('<c-errors :form="form" />', form=OneField()) == ""


def test_pages_keep_the_rest_of_the_question():
    page = drawn('<c-pages :page="page" />', "/?q=林&page=2", page=Paginator(range(100), 10).get_page(2))

    assert "q=%E6%9E%97&amp;page=3" in page
    assert 'aria-current="page">2<' in page


def test_one_page_needs_no_pages():
    assert drawn('<c-pages :page="page" />', page=Paginator(range(3), 10).get_page(1)) == ""


def test_a_branch_has_ten_fruits_of_which_some_are_ripe():
    page = drawn('<c-branch :ripe="6" label="六枚" />')

    assert page.count("<circle") == 10
    assert page.count('class="fruit ripe"') == 6


def test_what_was_told_comes_back_with_its_way_back():
    message = SimpleNamespace(message="已取消", extra_tags="undo=%2Fback%2F%3Fa%3D1")

    assert toast.read(message) == toast.Told("已取消", undo_url="/back/?a=1")


def test_a_message_of_someone_else_is_just_a_sentence():
    assert toast.read(SimpleNamespace(message="好", extra_tags="")) == toast.Told("好")
