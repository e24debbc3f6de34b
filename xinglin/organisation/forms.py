"""Granting a role by login name, and setting a policy in the shape it has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import policies, rules
from xinglin.organisation.models import Role
from xinglin.organisation.policies import Each, Several, Whole


class GrantForm(forms.Form):
    """Whom to give which role. Volunteers come in by application or roster, not here."""

    login_name = forms.CharField(
        label=_("登录名"),
        max_length=40,
        help_text=_("志愿者填编号，例如 V0000123。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请写上登录名")},
    )
    name = forms.ChoiceField(
        label=_("角色"), choices=[choice for choice in Role.Name.choices if choice[0] != Role.Name.VOLUNTEER]
    )


class PolicyForm(forms.Form):
    """A policy's new value, and from which day it holds."""

    starts_on = forms.DateField(
        label=_("从哪天开始"),
        required=False,
        help_text=_("不填就是现在。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-01-01 这样")},
    )

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = policies.DEFAULTS[name].shape
        if isinstance(self.shape, Each):
            self._ask_each(self.shape)
        else:
            self.fields["value"] = _field(policies.DEFAULTS[name])
        self.order_fields([key for key in self.fields if key != "starts_on"])

    def _ask_each(self, each: Each) -> None:
        """One field for each word; what is left empty stays as usual."""
        known = self.initial.get("value", {})
        for word, said in each.words.items():
            self.fields[f"value_{word}"] = forms.CharField(
                label=f"{gettext(said)}（{each.measure}）",
                required=False,
                max_length=6,
                initial=str(known.get(word, each.usual)),
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )

    def parts(self) -> list[forms.BoundField]:
        """The fields that make up the value."""
        return [self[key] for key in self.fields if key.startswith("value")]

    def value(self) -> Any:
        """What was typed, in the shape that the policy has."""
        if not isinstance(self.shape, Each):
            return self.cleaned_data["value"]
        typed = {word: self.cleaned_data.get(f"value_{word}", "").strip() for word in self.shape.words}
        return {word: number for word, number in typed.items() if number}

    def hear(self, refusal: Refusal) -> None:
        """Say beside the field what is wrong with the value; where it has many, above them."""
        self.add_error("value" if "value" in self.fields else None, str(refusal))

    def starts_at(self, *, at: dt.datetime) -> dt.datetime:
        """The first moment of the chosen day in China; today and nothing chosen are now."""
        day = self.cleaned_data["starts_on"]
        if day is None or day == clock.local_day(at):
            return at
        return dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)


def _field(default: policies.Default) -> forms.Field:
    match default.shape:
        case Whole(least, most, measure, zero):
            nought = "" if zero is None else f" · 0 = {zero}"
            return forms.CharField(
                label=_("改成"),
                max_length=6,
                help_text=f"{least}–{most} {measure}{nought}",
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        case Several(words, none):
            return forms.MultipleChoiceField(
                label=_("改成"),
                choices=list(words.items()),
                required=none is None,
                help_text="" if none is None else _("都不勾，就是：%(none)s") % {"none": none},
                widget=forms.CheckboxSelectMultiple,
            )
        case shape:
            return forms.ChoiceField(label=_("改成"), choices=list(shape.words.items()), widget=forms.RadioSelect)


def role_said(name: str) -> str:
    """A role's name for sentences."""
    assert name in rules.ROLES
    return str(Role.Name(name).label)
