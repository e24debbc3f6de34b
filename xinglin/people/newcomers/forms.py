"""What is typed at the desk about somebody new who has no telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.people.assisting import Paper
from xinglin.people.care_forms import OnPaper
from xinglin.people.forms import ApplyForm


class NewcomerForm(OnPaper, ApplyForm):
    """Who they are, with the document in hand, and on whose word they are registered."""

    consent_name = forms.CharField(
        label=_("同意人姓名"), max_length=60, required=False, help_text=_("本人当面同意的不用写。加密保存。")
    )
    seen = forms.BooleanField(
        label=_("看过证件原件，号码和姓名都对"),
        error_messages={"required": _("请先看证件原件，再勾上")},
    )
    has_agreement = forms.BooleanField(
        label=_("服务协议也在纸上签了"), required=False, help_text=_("签了才能报班次，也可以以后再登记。")
    )
    version = forms.CharField(widget=forms.HiddenInput)

    field_order = (
        *("name", "id_kind", "id_number", "sex", "born_on", "seen", "township", "unit", "specialities"),
        *("capacity", "consent_name", "paper", "file", "agreed", "has_agreement"),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        """`units`: where this user may register people."""
        self.units = units
        super().__init__(*args, **kwargs)
        del self.fields["half_days"], self.fields["note"]
        self.fields["unit"].label = _("加入哪支队伍或单位")
        self.fields["township"].help_text = ""
        agreed = self.fields["agreed"]
        agreed.label = _("两份说明都念给同意的人听过，纸上也签了")
        agreed.error_messages["required"] = _("同意以后才能登记，念完再勾上")

    def choices_of_unit(self) -> Any:
        return self.units

    def paper_said(self) -> Paper:
        said = self.cleaned_data
        return Paper(
            capacity=said["capacity"],
            name=said["consent_name"],
            paper=said["paper"],
            version=said["version"],
            privacy_version=said["privacy_version"],
            has_agreement=said["has_agreement"],
            content=said["file"],
        )
