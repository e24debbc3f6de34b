"""What is typed when a phone is changed: the new one, the code that came, or at the desk what was seen and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.errors import BadPhone
from xinglin.accounts.forms import CodeForm, Form, PhoneForm
from xinglin.accounts.rules import normal_phone

SET, REMOVE = "set", "remove"


class NewPhoneForm(PhoneForm):
    """The phone that one wants to have from now on."""

    beside = PhoneForm.beside | {"same_phone": "phone"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("新的手机号")


class NewPhoneCodeForm(CodeForm):
    """The six digits that came to it."""

    beside = CodeForm.beside | {"phone_taken": "code"}


class SeenForm(Form):
    """Something about who somebody is, changed at the desk: the document was seen, and why."""

    beside = {"document_not_seen": "document_seen", "reason_needed": "reason"}
    document_seen = forms.BooleanField(label=_("本人在场，已看过证件原件"), required=False)
    reason = forms.CharField(
        label=_("为什么改"),
        max_length=100,
        help_text=_("写进审计记录，本人看得到。不写号码、姓名和病情。"),
        error_messages={"required": _("请写一句原因，对方会看到")},
    )


class DeskPhoneForm(PhoneForm, SeenForm):
    """Another phone for somebody who stands at the desk, typed twice: nobody else must get it by a slip of the hand."""

    beside = SeenForm.beside | {"same_phone": "phone", "phone_taken": "phone", "bad_phone": "phone"}
    field_order = ("phone", "again", "document_seen", "reason")
    phone = forms.CharField(
        label=_("新的手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "type": "tel", "autocomplete": "off"}),
        error_messages={"required": _("写上手机号，共 11 位")},
    )
    again = forms.CharField(
        label=_("再写一遍手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "type": "tel", "autocomplete": "off"}),
        error_messages={"required": _("再写一遍，免得写到别人的号码上")},
    )

    def clean_again(self) -> str:
        try:
            return normal_phone(self.cleaned_data["again"])
        except BadPhone:  # the first one has to be good, and this one the same
            return ""

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "phone" in said and "again" in said and said["again"] != said["phone"]:
            self.add_error("again", _("两遍手机号不一样，请再看一眼"))
        return said

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("phone", "document_seen", "reason")}


class NoPhoneForm(SeenForm):
    """The phone is taken away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "remove_%s")  # it stands beside another form on one page
        super().__init__(*args, **kwargs)
