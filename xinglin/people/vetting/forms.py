"""What is typed about gates, read into values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.organisation import policies
from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit
from xinglin.people.forms import Form
from xinglin.people.models import Gate, Submission
from xinglin.people.vetting import files
from xinglin.people.vetting.insurance import Contract
from xinglin.people.vetting.submissions import Paper

# Whoever brings a paper or comes in person; an exam is not passed by somebody's word.
BY_HAND = [kind for kind in Gate.Kind.values if kind != Gate.Kind.TRAINING]
ISO_DAY = {"invalid": _("请写成 2027-05-17 这样")}


class DayField(forms.DateField):
    """A day, by the device's own calendar."""

    def __init__(self, **how: Any) -> None:
        errors = {"error_messages": ISO_DAY | how.pop("error_messages", {})}
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **errors, **how)


class HandInForm(Form):
    """A paper that a volunteer hands in from the phone. Which fields there are depends on what it is."""

    title = forms.CharField(
        label=_("什么证书"),
        max_length=40,
        help_text=_("例如 执业医师、护士执业、急救员、驾驶证。"),
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
        error_messages={"required": _("请写上是什么证书")},
    )
    number = forms.CharField(
        label=_("证书编号"),
        max_length=40,
        required=False,
        help_text=_("加密保存，页面上只显示最后四位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    issued_on = DayField(label=_("开具日期"), error_messages={"required": _("请填证明上的开具日期")})
    valid_until = DayField(label=_("有效期到"), required=False, help_text=_("不填就是长期有效。"))
    file = forms.FileField(
        label=_("照片或文件"),
        help_text=_("拍清楚四个角。照片（JPG、PNG）或 PDF，最多 5 MB，加密保存，审核以后过一段时间删除。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={
            "required": _("请拍一张照片，或者选一个文件"),
            "empty": _("这个文件是空的，请重新选一个"),
            "max_length": _("文件名太长了，请改短一点再传"),
        },
        max_length=200,
    )
    agreed = forms.BooleanField(
        label=_("我看过并同意健康信息说明"),
        error_messages={"required": _("健康证明属于健康信息，看过说明、勾上同意以后才能交")},
    )
    consent_version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, what: str, *args: Any, asks_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what = what
        is_licence = what == Submission.What.QUALIFICATION
        unwanted = ["issued_on"] if is_licence else ["title", "number", "valid_until"]
        for name in [*unwanted, *([] if asks_consent else ["agreed", "consent_version"])]:
            del self.fields[name]

    def paper(self) -> Paper:
        said = self.cleaned_data
        facts = {name: said[name] for name in ("title", "number", "issued_on", "valid_until") if name in said}
        version = said.get("consent_version", "") if said.get("agreed") else ""
        return Paper(self.what, content=files.read(said["file"]), consent_version=version, **facts)


class OfUnitForm(Form):
    """Something that a unit offers to its own people and to those of the units below it."""

    unit = forms.ModelChoiceField(label=_("哪个单位"), queryset=Unit.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class SlotForm(OfUnitForm):
    """A time at which somebody talks with new volunteers."""

    day = DayField(label=_("日期"), error_messages={"required": _("请选日期")})
    starts = forms.TimeField(label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label=_("地点"), max_length=120)
    places = forms.IntegerField(
        label=_("能来几个人"),
        min_value=1,
        max_value=200,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def said(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        day = cleaned["day"]
        return {
            "unit": cleaned["unit"],
            "starts_at": dt.datetime.combine(day, cleaned["starts"], tzinfo=clock.SHANGHAI),
            "ends_at": dt.datetime.combine(day, cleaned["ends"], tzinfo=clock.SHANGHAI),
            "place": cleaned["place"],
            "places": cleaned["places"],
        }


class QuestionForm(OfUnitForm):
    """A question for the bank; its choices one a line."""

    text = forms.CharField(label=_("题目"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    choices = forms.CharField(
        label=_("选项，一行一个"),
        max_length=800,
        help_text=_("两到六个，每个最多 120 个字。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    right = forms.IntegerField(
        label=_("第几个是对的"), min_value=1, max_value=6, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    why = forms.CharField(
        label=_("讲解"),
        max_length=300,
        required=False,
        help_text=_("选错的人会看到，考前也能看到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_choices(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        if not 2 <= len(lines) <= 6 or any(len(line) > 120 for line in lines):
            raise forms.ValidationError(_("请写两到六个选项，一行一个，每个最多 120 个字"))
        return lines

    def said(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        facts = {name: cleaned[name] for name in ("unit", "text", "choices", "why")}
        return {**facts, "right": cleaned["right"] - 1}


class InsuranceForm(OfUnitForm):
    """What stands on an insurance contract."""

    insurer = forms.CharField(label=_("保险公司"), max_length=60)
    number = forms.CharField(label=_("保单号"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    cover = forms.CharField(
        label=_("保障什么"), max_length=200, help_text=_("例如 意外身故 20 万元、意外医疗 2 万元。")
    )
    starts_on = DayField(label=_("第一天"), error_messages={"required": _("请选日期")})
    ends_on = DayField(label=_("最后一天"), error_messages={"required": _("请选日期")})
    file = forms.FileField(
        label=_("保单的扫描件"),
        required=False,
        help_text=_("照片（JPG、PNG）或 PDF，最多 5 MB。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        max_length=200,
    )

    def contract(self) -> Contract:
        said = dict(self.cleaned_data)
        upload = said.pop("file")
        return Contract(**said, content=files.read(upload) if upload else None)


class HonourForm(OfUnitForm):
    """Whose training a unit takes for as good as its own."""

    def __init__(self, *args: Any, units: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        self.fields["of_unit"] = UnitChoice(others, label=_("认可谁的培训"))

    def hear(self, refusal: Any) -> None:
        """Say it beside the other unit: that is what is wrong."""
        self.add_error("of_unit", str(refusal))


class CoverForm(Form):
    """Whom to cover: everybody of a unit and below it, or those whose numbers are pasted."""

    unit = forms.ModelChoiceField(
        label=_("整支队伍（和它下面的）"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("不按队伍"),
    )
    numbers = forms.CharField(
        label=_("或者贴上志愿者编号"),
        required=False,
        max_length=100_000,
        help_text=_("用空格、逗号或换行隔开。"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class ReturnForm(Form):
    """Why somebody would like to serve again."""

    note = forms.CharField(
        label=_("想对队伍说的话"),
        max_length=200,
        required=False,
        help_text=_("不写病情。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ComeBackForm(ReturnForm):
    """The same of whoever has left: which team they would like to come to."""

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitChoice(teams, label=_("想去哪支队伍"))
        self.order_fields(["unit", "note"])


class OpenGateForm(Form):
    """A gate that somebody of the staff opens after seeing the paper, or the person."""

    kind = forms.ChoiceField(label=_("哪一关"), choices=[(kind, policies.GATES[kind]) for kind in BY_HAND])
    valid_until = DayField(label=_("有效期到"), required=False, help_text=_("不填就是长期有效。"))
    consent_paper = forms.CharField(
        label=_("健康信息的同意签在哪张纸上"),
        max_length=60,
        required=False,
        help_text=_("登记健康证明才填：先请本人看过下面的说明、在纸上签字，例如 11月20日签的同意书。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent_version = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.BooleanField(
        label=_("材料原件或本人，我看过了"), error_messages={"required": _("看过以后再登记，并勾上这一句")}
    )

    def __init__(self, *args: Any, asks_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_consent:
            del self.fields["consent_paper"], self.fields["consent_version"]

    def paper(self) -> Paper:
        said = dict(self.cleaned_data)
        said.pop("seen")
        return Paper(said.pop("kind"), **said)


class ShutGateForm(Form):
    """Why a gate is taken back."""

    reason = forms.CharField(
        label=_("为什么收回"),
        max_length=300,
        help_text=_("本人会看到。不写病情。"),
        error_messages={"required": _("请写一句为什么，本人会看到")},
    )
