"""What is typed about benefits and vouchers, read into values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.benefits import rules
from xinglin.benefits.models import Benefit
from xinglin.lib.clock import SHANGHAI, local_day
from xinglin.organisation.models import Unit
from xinglin.recognition import rules as recognition_rules
from xinglin.recognition import words
from xinglin.recognition.models import Privilege

NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


def _number(
    label: Any, *, most: int, least: int = 0, required: bool = False, help_text: Any = ""
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.TextInput(attrs=NUMERIC),
        error_messages={"invalid": _("请填整数")},
    )


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-01-01 这样")},
    )


class BenefitForm(forms.Form):
    """The terms of a benefit; stock is counted apart, because others redeem meanwhile."""

    title = forms.CharField(label=_("叫什么"), max_length=60, help_text=_("例如：健康体检一次。"))
    kind = forms.ChoiceField(label=_("类别"), choices=Benefit.Kind.choices)
    description = forms.CharField(
        label=_("是什么"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("两三句话，志愿者换之前会读到。"),
    )
    provider = forms.CharField(label=_("谁提供"), max_length=80, help_text=_("科室或企业的名字。"))
    where_to_use = forms.CharField(label=_("在哪里用"), max_length=160, help_text=_("地点、时间，给谁看券。"))
    price_hours = _number(_("要多少小时"), most=2_000, help_text=_("凭星级用、不扣时间的，留空。"))
    price_minutes = _number(_("再加多少分钟"), most=59)
    level = forms.TypedChoiceField(
        label=_("从几星开始"),
        coerce=int,
        choices=lambda: [
            (level, words.star_said(level) or _("不看星级")) for level in range(recognition_rules.MOST_STARS + 1)
        ],
    )
    privilege = forms.ModelChoiceField(
        label=_("属于哪项礼遇"),
        queryset=Privilege.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("不属于礼遇"),
        help_text=_("选了礼遇，就按它的星级。"),
    )
    quota = _number(_("每人最多几次"), least=1, most=100, help_text=_("留空就不限。"))
    period = forms.ChoiceField(label=_("按什么算"), choices=Benefit.Period.choices)
    voucher_days = _number(_("券几天内有效"), least=1, most=rules.MOST_VOUCHER_DAYS, required=True)
    starts_on = _day(_("从哪天开始"), _("不填就是现在。"))
    ends_on = _day(_("最后一天"), _("不填就一直有。"))

    def __init__(self, *args: Any, privileges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["privilege"].queryset = privileges  # type: ignore[attr-defined]
        self.fields["privilege"].label_from_instance = (  # type: ignore[attr-defined]
            lambda privilege: f"{words.star_said(privilege.level)} · {privilege.title}"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("结束要晚于开始，请再看一眼日期"))
        return cleaned

    def terms(self, *, at: dt.datetime, was: Benefit | None = None) -> dict[str, Any]:
        """The terms as values; where no beginning is typed, it is now, or stays what it was."""
        said = self.cleaned_data
        same = ("title", "kind", "description", "provider", "where_to_use", "level", "privilege", "quota", "period")
        price = 60 * (said["price_hours"] or 0) + (said["price_minutes"] or 0)
        return {name: said[name] for name in same} | {
            "price_minutes": price,
            "voucher_days": said["voucher_days"],
            "starts_at": self._starts_at(at=at, was=was),
            "ends_at": _begin(said["ends_on"] + dt.timedelta(days=1)) if said["ends_on"] else None,
        }

    def _starts_at(self, *, at: dt.datetime, was: Benefit | None) -> dt.datetime:
        day = self.cleaned_data["starts_on"]
        if was is not None and day in (None, local_day(was.starts_at)):
            return was.starts_at
        return at if day is None or day == local_day(at) else _begin(day)


class NewBenefitForm(BenefitForm):
    """A new benefit: whose, and how many there are."""

    unit = forms.ModelChoiceField(
        label=_("哪个单位给的"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        help_text=_("它和它下面所有队伍的志愿者都能换。"),
    )
    stock = _number(_("一共几份"), most=rules.MOST_STOCK, help_text=_("留空就不限。"))
    field_order = ["unit"]

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class RestockForm(forms.Form):
    """How many are added, or taken away with a minus."""

    change = forms.IntegerField(
        label=_("加几份"),
        min_value=-rules.MOST_STOCK,
        max_value=rules.MOST_STOCK,
        help_text=_("减少就写负数，例如 -3。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 6}),
        error_messages={"invalid": _("请填整数"), "required": _("请填整数")},
    )


class RefuseForm(forms.Form):
    """Why the desk can't hand it out."""

    reason = forms.CharField(
        label=_("为什么不能用"),
        help_text=_("本人会看到，时间马上退回。不写姓名和号码。"),
        max_length=rules.LONGEST_REASON,
        error_messages={"required": _("请写一句为什么不能用，本人会看到")},
    )


def first_of(benefit: Benefit) -> dict[str, Any]:
    """What the form shows of a benefit that is edited."""
    hours, minutes = divmod(benefit.price_minutes, 60)
    same = ("title", "kind", "description", "provider", "where_to_use", "level", "quota", "period", "voucher_days")
    return {name: getattr(benefit, name) for name in same} | {
        "price_hours": hours or None,
        "price_minutes": minutes or None,
        "privilege": benefit.privilege.code if benefit.privilege else None,
        "starts_on": local_day(benefit.starts_at),
        "ends_on": benefit.last_day,
    }


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
