"""What the page of all parts shows. Invented people; nothing here touches the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind, so that each can be looked at with and without its sentence of error."""

    who = forms.ChoiceField(
        label="谁需要帮忙", choices=[("me", "我自己"), ("family", "家人")], widget=forms.RadioSelect
    )
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="联系电话",
        help_text="只有带队的人看得到。",
        min_length=11,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"min_length": "好像少了一位，再看一眼，共 11 位"},
    )
    born_on = forms.DateField(label="出生日期", widget=forms.DateInput(attrs={"type": "date"}))
    unit = forms.ChoiceField(label="愿意去哪里", choices=[("a", "门诊一楼"), ("b", "住院部")])
    skills = forms.MultipleChoiceField(
        label="会做的事",
        required=False,
        choices=[("first_aid", "急救"), ("dialect", "方言"), ("driving", "开车")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="还想说什么", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(
        label="我看过并同意服务协议", error_messages={"required": "同意以后才能继续，看一眼再勾上"}
    )


def facts(request: HttpRequest) -> dict[str, Any]:
    starts = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0)
    form = SampleForm({"name": "林晓", "phone": "138001380", "who": "me", "unit": "a", "born_on": "1990-01-05"})
    pages = Paginator(range(240), 20)
    return {
        "form": form,
        "starts": starts,
        "ends": starts + timedelta(hours=3),
        "tomorrow": starts + timedelta(days=1),
        "page_obj": pages.get_page(request.GET.get("page", 4)),
        "here": "home:desk",
        "waiting": 12,
        "desk_name": "赵岩",
        "desk_role": "市卫健局 时长审核",
        "desk_plans": True,
    }
