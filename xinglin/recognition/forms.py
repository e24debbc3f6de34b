"""What is typed about stars, read into values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.lib.clock import SHANGHAI, local_day
from xinglin.lib.errors import Refusal
from xinglin.organisation.models import Unit
from xinglin.recognition import rules, words

LEVELS = range(1, rules.MOST_STARS + 1)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SchemeForm(forms.Form):
    """A unit's scheme: whose, how many hours for each star, from which day."""

    unit = forms.ModelChoiceField(
        label=_("给哪个单位"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        help_text=_("它下面的队伍也按这个办法，除非自己另有一个。"),
    )
    name = forms.CharField(label=_("办法的名称"), max_length=60, help_text=_("例如：瑞安市星级志愿者办法。"))
    preset = forms.ChoiceField(
        label=_("从哪一套开始"),
        required=False,
        choices=lambda: [("", _("自己填")), *((name, _preset_said(name)) for name in rules.PRESETS)],
        widget=forms.RadioSelect,
    )
    thresholds = forms.CharField(
        label=_("每颗星要多少小时"),
        required=False,
        max_length=60,
        help_text=_("从一星开始，用空格隔开，例如 100 300 600。上面选了一套的话，这里可以不填。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    starts_on = forms.DateField(
        label=_("从哪天开始"),
        required=False,
        help_text=_("不填就是现在。"),
        widget=DAY,
        error_messages={"invalid": _("请写成 2027-01-01 这样")},
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed, preset = cleaned.get("thresholds", ""), cleaned.get("preset", "")
        try:
            cleaned["hours"] = rules.hours_from(typed) if typed else list(rules.PRESETS.get(preset, ()))
            rules.checked_thresholds(cleaned["hours"])
        except Refusal as refusal:
            self.add_error("thresholds", str(refusal))
        return cleaned

    def starts_at(self, *, at: dt.datetime) -> dt.datetime:
        """The first moment of the chosen day in China; today and nothing chosen are now."""
        day = self.cleaned_data["starts_on"]
        return at if day is None or day == local_day(at) else _begin(day)


class WithdrawForm(forms.Form):
    """Why a star is taken back, and until when none is granted."""

    reason = forms.CharField(
        label=_("收回的原因"),
        help_text=_("本人会看到。写清楚哪里不对，不写病人的姓名和病情。"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("到哪一天可以重新升星"), widget=DAY, error_messages={"invalid": _("请写成 2027-01-01 这样")}
    )

    def barred_until(self) -> dt.datetime:
        return _begin(self.cleaned_data["until"])


class BarForm(WithdrawForm):
    """Whom to bar, why, until when."""

    number = forms.CharField(
        label=_("志愿者编号"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ["number", "reason", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("暂停升星的原因")


class PrivilegeForm(forms.Form):
    """What a star opens."""

    unit = forms.ModelChoiceField(label=_("哪个单位给的"), queryset=Unit.objects.none(), to_field_name="code")
    level = forms.TypedChoiceField(
        label=_("从几星开始"), coerce=int, choices=lambda: [(level, words.star_said(level)) for level in LEVELS]
    )
    title = forms.CharField(label=_("礼遇"), max_length=60, help_text=_("例如：就诊绿色通道。"))
    note = forms.CharField(
        label=_("在哪里用、怎么用"), required=False, max_length=160, help_text=_("例如：门诊导医台出示志愿者编号。")
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


def _preset_said(name: str) -> str:
    said = {"five": _("五级：%(hours)s 小时"), "three": _("三级：%(hours)s 小时")}[name]
    return str(said) % {"hours": " / ".join(f"{hours:,}" for hours in rules.PRESETS[name])}


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
