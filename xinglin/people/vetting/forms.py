"""What is typed about gates, read into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.organisation import policies
from xinglin.people.forms import Form
from xinglin.people.models import Gate

ISO_DAY = {"invalid": _("请写成 2027-05-17 这样")}


class DayField(forms.DateField):
    """A day, by the device's own calendar."""

    def __init__(self, **how: Any) -> None:
        errors = {"error_messages": ISO_DAY | how.pop("error_messages", {})}
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **errors, **how)


class OpenGateForm(Form):
    """A gate that somebody of the staff opens after seeing the paper, or the person."""

    kind = forms.ChoiceField(label=_("哪一关"), choices=[(kind, policies.GATES[kind]) for kind in Gate.Kind.values])
    valid_until = DayField(label=_("有效期到"), required=False, help_text=_("不填就是长期有效。"))
    seen = forms.BooleanField(
        label=_("材料原件或本人，我看过了"), error_messages={"required": _("看过以后再登记，并勾上这一句")}
    )


class ShutGateForm(Form):
    """Why a gate is taken back."""

    reason = forms.CharField(
        label=_("为什么收回"),
        max_length=300,
        help_text=_("本人会看到。不写病情。"),
        error_messages={"required": _("请写一句为什么，本人会看到")},
    )
