"""What is typed about shifts, read into values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import Form
from xinglin.activities.minors import words
from xinglin.activities.minors.words import Word
from xinglin.activities.models import Activity
from xinglin.activities.planning import Plan, PlannedPost
from xinglin.lib import codes
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.geo import Point
from xinglin.organisation import policies
from xinglin.organisation.models import Unit
from xinglin.people.models import Guardianship


class LeaderForm(forms.Form):
    """Who leads, by volunteer number."""

    number = forms.CharField(
        label=_("带队人的志愿者编号"),
        help_text=_("留空表示由本单位的队长和协调员带队。"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class PlaceForm(forms.Form):
    """Where it is, and how near is near enough."""

    place_name = forms.CharField(label=_("地点"), max_length=120)
    latitude = forms.FloatField(
        label=_("纬度"),
        required=False,
        min_value=-90,
        max_value=90,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-latitude": True, "autocomplete": "off"}),
    )
    longitude = forms.FloatField(
        label=_("经度"),
        required=False,
        min_value=-180,
        max_value=180,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-longitude": True, "autocomplete": "off"}),
    )
    datum = forms.ChoiceField(
        label=_("坐标来自"),
        choices=Activity.Datum.choices,
        initial=Activity.Datum.WGS84,
        help_text=_("国内地图的坐标有偏移，选对来源，签到的距离才准。"),
        widget=forms.Select(attrs={"data-datum": True}),
    )
    radius_m = forms.IntegerField(
        label=_("多少米以内算到场"),
        min_value=30,
        max_value=5000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None) and not self.errors:
            self.add_error("longitude", _("纬度和经度要一起填，或者都留空"))
        return cleaned

    def point(self) -> Point | None:
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return Point(latitude, longitude) if latitude is not None else None


class PlacesForm(forms.Form):
    """How many people a post needs."""

    post = forms.SlugField(widget=forms.HiddenInput)
    places = forms.IntegerField(
        label=_("名额"), min_value=1, max_value=5000, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class KindsForm(forms.Form):
    """Which kinds of service an activity is, and so which gates it asks for."""

    kinds_of_service = forms.MultipleChoiceField(
        label=_("这是哪种服务"),
        help_text=_("这个活动的班次都用它。去掉一种，就不再要求它的手续；改动会留下记录。"),
        choices=list(policies.KINDS_OF_SERVICE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class CallOffForm(forms.Form):
    """Why the shift does not take place."""

    reason = forms.CharField(
        label=_("取消的原因"),
        help_text=_("报了名的人会看到这句话。"),
        max_length=300,
        error_messages={"required": _("请写一句原因，报了名的人会看到")},
    )


class ShiftForm(forms.Form):
    """What recruiting must say."""

    name = forms.CharField(label=_("活动名称"), max_length=80)
    unit = forms.ModelChoiceField(label=_("主办单位或队伍"), queryset=Unit.objects.none(), to_field_name="code")
    category = forms.ChoiceField(label=_("服务类别"), choices=lambda: codes.choices("service_category"), initial="0004")
    place_name = forms.CharField(label=_("地点"), max_length=120)
    township = forms.CharField(label=_("所在街道或乡镇"), max_length=40, required=False)
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    joins_late = forms.BooleanField(label=_("开始以后也能报名，直到结束"), required=False)
    briefing = forms.CharField(
        label=_("做什么"),
        help_text=_("用一两句话说清内容和条件，志愿者报名前会读到。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    risks = forms.CharField(
        label=_("风险提示"), help_text=_("例如：久站；户外；可能接触血液。没有也请写明。"), max_length=300
    )
    guarantees = forms.CharField(
        label=_("保障"), help_text=_("例如：保险、马甲、饮水、集中乘车。"), max_length=300, required=False
    )
    kinds_of_service = forms.MultipleChoiceField(
        label=_("这是哪种服务"),
        help_text=_("勾上的，报名的人要先有健康证明、无犯罪记录证明或保险；要哪几样由单位的政策定。"),
        choices=list(policies.KINDS_OF_SERVICE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    not_own_duty = forms.BooleanField(
        label=_("我确认：这不是志愿者本职工作或值班时间里的事"),
        error_messages={"required": _("确认以后才能发布，本职工作不算志愿服务")},
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("结束要晚于开始"))
        return cleaned

    def plan(self, posts: list[PlannedPost]) -> Plan:
        said = self.cleaned_data
        facts = (
            "unit",
            "name",
            "category",
            "not_own_duty",
            "place_name",
            "township",
            "briefing",
            "risks",
            "guarantees",
            "kinds_of_service",
        )
        ends_at = dt.datetime.combine(said["day"], said["ends"], tzinfo=SHANGHAI)
        return Plan(
            **{name: said[name] for name in facts},
            starts_at=dt.datetime.combine(said["day"], said["starts"], tzinfo=SHANGHAI),
            ends_at=ends_at,
            closes_at=ends_at if said["joins_late"] else None,
            posts=posts,
        )


class PostForm(forms.Form):
    """A kind of work of the new shift."""

    name = forms.CharField(label=_("岗位名称"), max_length=40)
    places = forms.IntegerField(
        label=_("人数"), min_value=1, max_value=5000, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    requires = forms.CharField(
        label=_("需要的特长或资格"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "abilities", "autocomplete": "off"}),
    )


class Posts(forms.BaseFormSet):  # type: ignore[type-arg]
    """One line a post; at least one, no name twice."""

    default_error_messages = forms.BaseFormSet.default_error_messages | {"too_few_forms": _("至少写一个岗位和人数")}

    def clean(self) -> None:
        names = [form.cleaned_data["name"] for form in self.forms if form.is_valid() and form.cleaned_data.get("name")]
        if len(names) != len(set(names)):
            raise forms.ValidationError(_("同一个岗位写了两次，请合成一行"))


PostsFormSet = forms.formset_factory(
    PostForm, formset=Posts, extra=3, min_num=1, validate_min=True, max_num=10, validate_max=True
)


def planned(posts: Any) -> list[PlannedPost]:
    """The posts of a valid form set; empty lines are none."""
    said = [form.cleaned_data for form in posts if form.cleaned_data.get("name")]
    return [PlannedPost(post["name"], post["places"], post["requires"]) for post in said]


class WordForm(Form):
    """What a guardian without a telephone said about one sign-up of their child."""

    beside = {"word_of_tomorrow": "said_on", "word_without_paper": "paper"}
    how = forms.ChoiceField(
        label=_("怎么同意的"),
        choices=words.How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选怎么同意的")},
    )
    said_on = forms.DateField(
        label=_("哪天同意的"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请写哪天同意的"), "invalid": _("请写成 2027-05-17 这样")},
    )
    paper = forms.CharField(
        label=_("签在哪张纸上"), max_length=60, required=False, help_text=_("例如 11月24日的字条；没有签的不用写。")
    )

    def __init__(self, *args: Any, rows: Sequence[Guardianship], **kwargs: Any) -> None:
        """`rows`: the guardians who consented on paper."""
        self.rows = rows
        super().__init__(*args, **kwargs)
        self.fields["guardian"] = forms.ChoiceField(
            label=_("哪位家长同意的"),
            choices=[(row.code, f"{row.guardian.name} · {row.get_capacity_display()}") for row in rows],
            widget=forms.RadioSelect,
            error_messages={"required": _("请选哪位家长同意的")},
        )
        self.order_fields(["guardian"])

    def word(self) -> Word:
        said = self.cleaned_data
        row = next(row for row in self.rows if row.code == said["guardian"])
        return Word(row, said["how"], said["said_on"], said["paper"])


class CancelForm(Form):
    """On whose word a place is given back."""

    beside_others = "reason"
    reason = forms.CharField(
        label=_("谁说的，为什么"),
        max_length=300,
        help_text=_("例如 本人来电话说家里有事。带队人和协调员看得到，不写病情。"),
        error_messages={"required": _("请写一句是谁说的、为什么，例如 本人来电话说家里有事。不写病情")},
    )


class LeaveForm(forms.Form):
    """Why somebody leaves, if they like to say."""

    reason = forms.CharField(
        label=_("想说一句吗"),
        required=False,
        max_length=200,
        help_text=_("可以不写。以后想回来时，审核的人会看到。不写病情。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
