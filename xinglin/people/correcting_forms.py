"""What is typed where something about somebody is put right."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import Form
from xinglin.people import documents, words
from xinglin.people.correcting import OF_THE_VOLUNTEER, Details, Identity
from xinglin.people.forms import ApplyForm
from xinglin.people.models import Person
from xinglin.people.phone_forms import SeenForm


def _choices(code_list: str) -> list[tuple[str, str]]:
    return [("", str(_("不填"))), *words.choices(code_list)]


class DetailsForm(Form):
    """What everybody says of themselves."""

    township = forms.CharField(
        label=_("住在哪个街道或乡镇"),
        required=False,
        max_length=40,
        help_text=_("好让您就近服务。"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
    )
    education = forms.ChoiceField(label=_("学历"), required=False, choices=partial(_choices, "education"))
    employment = forms.ChoiceField(label=_("从业状况"), required=False, choices=partial(_choices, "employment"))
    political_status = forms.ChoiceField(
        label=_("政治面貌"), required=False, choices=partial(_choices, "political_status")
    )
    specialities = forms.MultipleChoiceField(
        label=_("会做的事"),
        required=False,
        choices=partial(words.choices, "speciality"),
        widget=forms.CheckboxSelectMultiple,
    )
    half_days = forms.MultipleChoiceField(
        label=_("有空的时段"),
        required=False,
        choices=partial(words.choices, "availability_half_day"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, is_volunteer: bool, **kwargs: Any) -> None:
        """An applicant's specialities stand in the application."""
        super().__init__(*args, **kwargs)
        if not is_volunteer:
            for name in OF_THE_VOLUNTEER:
                del self.fields[name]

    def details(self) -> Details:
        said = dict(self.cleaned_data)
        said["township"] = said["township"].strip()
        return Details(**said | {name: tuple(said.get(name, ())) for name in OF_THE_VOLUNTEER})


class IdentityForm(SeenForm):
    """What the document says, which somebody at the desk has before them."""

    beside = SeenForm.beside | {"bad_document": "id_number", "document_taken": "id_number"}
    field_order = ("name", "id_kind", "id_number", "sex", "born_on", "document_seen", "reason")
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请写上姓名，和证件上一样")},
    )
    id_kind = forms.ChoiceField(label=_("证件"), choices=partial(words.choices, "id_document"))
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        required=False,
        help_text=_("号码没错就空着。身份证的出生日期和性别跟着号码走。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    sex = forms.ChoiceField(
        label=_("性别"),
        choices=Person.Sex.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("用身份证的不用填。"),
    )
    born_on = forms.DateField(
        label=_("出生日期"),
        required=False,
        help_text=_("用身份证的不用填。"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 1990-05-17 这样")},
    )
    clean_name = ApplyForm.clean_name
    clean_born_on = ApplyForm.clean_born_on

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "who_%s")  # it stands beside another form on one page
        super().__init__(*args, **kwargs)
        self.today = today

    def identity(self) -> Identity:
        said = self.cleaned_data
        return Identity(said["name"], said["id_kind"], said["id_number"], said["sex"], said["born_on"])

    def seen(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("document_seen", "reason")}


def identity_said(person: Person) -> dict[str, Any]:
    """What stands there now; the number is never shown again in full."""
    has_card = person.id_kind == documents.ID_CARD
    said = {"name": person.name, "id_kind": person.id_kind}
    return said if has_card else said | {"sex": person.sex, "born_on": person.born_on}
