"""What is typed about somebody in practice: vest and contact, why a number is looked at, who consents, who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import Form
from xinglin.lib.errors import Refusal
from xinglin.people.assisting import Paper
from xinglin.people.models import Assistance, Guardianship, Practical
from xinglin.people.practical import Known
from xinglin.people.vetting import files

BESIDE = {
    "contact_incomplete": "emergency_phone",
    "bad_phone": "emergency_phone",
    "looking_reason_needed": "reason",
    "number_not_known": "what",
    "who_consented": "name",
    "text_has_changed": "paper",
    "file_too_large": "file",
    "file_not_known": "file",
    "paper_needed": "paper",
    "guardian_of_oneself": "number",
    "guardian_too_young": "number",
    "guarded_already": "number",
    "tie_asked_already": "number",
    "no_such_volunteer": "number",
}


def file_field() -> forms.FileField:
    """The picture of a paper that was signed at the desk."""
    return forms.FileField(
        label=_("材料的照片"),
        required=False,
        help_text=_("照片（JPG、PNG）或 PDF，最多 5 MB，加密保存，结束代办以后过一段时间删除。"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={
            "empty": _("这个文件是空的，请重新选一个"),
            "max_length": _("文件名太长了，请改短一点再传"),
        },
        max_length=200,
    )


def content_of(upload: Any) -> bytes | None:
    """The bytes of a picture, where there is one; what we do not take is said beside the field."""
    if not upload:
        return None
    try:
        return files.read(upload)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from None


class PracticalForm(Form):
    """One's vest, meals and fares, and whom to call."""

    beside = BESIDE
    vest = forms.ChoiceField(
        label=_("马甲尺码"), required=False, choices=[("", _("还没有说")), *Practical.Size.choices]
    )
    takes_meal = forms.BooleanField(label=_("服务时需要安排用餐"), required=False)
    takes_fare = forms.BooleanField(label=_("领取交通补贴"), required=False)
    emergency_name = forms.CharField(
        label=_("紧急联系人姓名"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    emergency_phone = forms.CharField(
        label=_("紧急联系人手机"),
        max_length=40,
        required=False,
        help_text=_("加密保存。出了急事，协调员写明原因才能看到。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "type": "tel", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("还要注意什么"), max_length=100, required=False, help_text=_("不写病情。"))

    def known(self) -> Known:
        return Known(**self.cleaned_data)


class LookForm(Form):
    """Which number, and why."""

    beside = BESIDE
    what = forms.ChoiceField(
        label=_("看哪一个"),
        choices=[("document", _("证件号码")), ("phone", _("手机号")), ("contact", _("紧急联系人"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个")},
    )
    reason = forms.CharField(
        label=_("为什么要看"),
        max_length=100,
        help_text=_("本人看得到是谁、什么时候、为什么看的。"),
        error_messages={"required": _("请写一句为什么要看，本人看得到")},
    )


def renewed(form: forms.Form, versions: Mapping[str, str], *, agreed: Sequence[str] = ()) -> None:
    """Shown again, a form speaks of the texts of today; what was agreed to older ones has to be agreed to anew."""
    if form.is_bound and any(form.data.get(name) != version for name, version in versions.items()):
        sent: Any = form.data
        data = sent.copy()
        for name, version in versions.items():
            data[name] = version
        for name in agreed:
            data.pop(name, None)
        form.data = data


class OnPaper(forms.Form):
    """On whose word staff acts for somebody, and the paper on which it stands."""

    capacity = forms.ChoiceField(
        label=_("谁同意的"),
        choices=Assistance.Capacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选谁同意的")},
    )
    paper = forms.CharField(
        label=_("凭什么材料"),
        max_length=60,
        help_text=_("例如 11月20日签的代办同意书。不写病情。"),
        error_messages={"required": _("请写上看过什么材料，例如户口簿、结婚证")},
    )
    file = file_field()

    def clean_file(self) -> bytes | None:
        return content_of(self.cleaned_data["file"])


class AssistanceForm(OnPaper, Form):
    """Who consented that staff acts for somebody."""

    beside = BESIDE
    field_order = ("capacity", "name", "paper", "file", "has_agreement", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "help_%s")  # it stands beside another form on one page
        super().__init__(*args, **kwargs)

    name = forms.CharField(
        label=_("同意人姓名"), max_length=60, required=False, help_text=_("本人当面同意的不用写。加密保存。")
    )
    has_agreement = forms.BooleanField(label=_("服务协议也在纸上签了"), required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def paper_said(self) -> Paper:
        said = self.cleaned_data
        return Paper(
            capacity=said["capacity"],
            name=said["name"],
            paper=said["paper"],
            version=said["version"] or None,
            has_agreement=said["has_agreement"],
            content=said["file"],
        )


class AgreementPaperForm(Form):
    """The service agreement, signed on paper by whoever consented to the assistance."""

    beside = BESIDE
    paper = forms.CharField(
        label=_("签在哪张纸上"),
        max_length=60,
        help_text=_("例如 11月24日签的服务协议。"),
        error_messages={"required": _("请写上签在哪张纸上")},
    )
    version = forms.CharField(widget=forms.HiddenInput)


class GuardianPaperForm(Form):
    """A guardian without a telephone signed the text on paper."""

    beside = BESIDE
    paper = forms.CharField(
        label=_("家长签的纸"),
        max_length=60,
        help_text=_("例如 11月20日签的监护人同意书。"),
        error_messages={"required": _("请写上看过什么材料，例如户口簿、结婚证")},
    )
    version = forms.CharField(widget=forms.HiddenInput)


class ConsentPaperForm(Form):
    """Somebody without a telephone signed a text on paper."""

    beside = BESIDE
    paper = forms.CharField(
        label=_("签在哪张纸上"),
        max_length=60,
        help_text=_("例如 11月20日签的同意书。看过再登记，不写病情。"),
        error_messages={"required": _("请写上看过的是哪张纸，例如 11月20日签的同意书")},
    )
    version = forms.CharField(widget=forms.HiddenInput)


class GuardianForm(Form):
    """Which volunteer is a minor's guardian, as a paper shows."""

    beside = BESIDE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "guardian_%s")  # it stands beside another form on one page
        super().__init__(*args, **kwargs)

    number = forms.CharField(
        label=_("监护人的志愿者编号"),
        max_length=12,
        help_text=_("不在您负责的单位的人，会请他自己在手机上答应；他看得到这位志愿者的姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("请写上监护人的编号")},
    )
    capacity = forms.ChoiceField(
        label=_("是孩子的"),
        choices=Guardianship.Capacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选是孩子的什么人")},
    )
    paper = forms.CharField(
        label=_("看过什么材料"),
        max_length=40,
        help_text=_("例如户口簿、出生证明。"),
        error_messages={"required": _("请写上看过什么材料，例如户口簿、结婚证")},
    )

    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "number": self.cleaned_data["number"].strip().upper()}
