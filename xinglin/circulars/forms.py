"""What is typed for a circular."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.circulars.models import Circular
from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit


class CircularForm(forms.Form):
    """To whom, what about, and what is said."""

    audience = forms.ChoiceField(
        label=_("给谁看"),
        choices=Circular.Audience.choices,
        widget=forms.RadioSelect,
        initial=Circular.Audience.EVERYBODY,
    )
    phones = forms.ChoiceField(
        label=_("也发到手机"),
        choices=Circular.Phones.choices,
        required=False,
        widget=forms.RadioSelect,
        initial=Circular.Phones.NOT,
        help_text=_("短信、邮件和微信只说有一条通知，不带标题和正文；短信要花钱。"),
    )
    title = forms.CharField(label=_("标题"), max_length=60, error_messages={"required": _("请写上标题")})
    text = forms.CharField(
        label=_("正文"),
        max_length=2000,
        help_text=_("不要写病人和志愿者的个人情况。"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("请写上正文")},
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitChoice(units, label=_("发给哪个单位和它下面的"))
        self.order_fields(["unit", "audience", "title", "text", "phones"])
