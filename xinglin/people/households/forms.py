"""What is typed about a household: whom to ask, whom staff writes down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import Form
from xinglin.people.errors import NoSuchVolunteer
from xinglin.people.models import Person, Volunteer

BESIDE = {
    "household_of_oneself": "number",
    "household_asked_already": "number",
    "household_full": "number",
    "household_asked_too_many": "number",
    "in_household_already": "number",
    "paper_needed": "paper",
}


class InviteForm(Form):
    """Who belongs to one's household, by the number on their card."""

    beside = BESIDE
    number = forms.CharField(
        label=_("家里人的志愿者编号"),
        max_length=12,
        help_text=_("写在志愿者卡上。对方答应以后才算。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("请写上对方的编号")},
    )

    def clean_number(self) -> Person:
        number = self.cleaned_data["number"].strip().upper()
        found = Volunteer.objects.filter(number=number, person__erased_at__isnull=True)
        volunteer = found.select_related("person__user").first()
        if volunteer is None:
            raise forms.ValidationError(str(NoSuchVolunteer(number=number)))
        return volunteer.person


class RegisterForm(InviteForm):
    """The same, by a paper that staff has seen."""

    paper = forms.CharField(
        label=_("看过什么材料"),
        max_length=60,
        help_text=_("例如户口簿、同住证明。不写病情。"),
        error_messages={"required": _("请写上看过什么材料，例如户口簿、结婚证")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = _("不在您负责的单位的人，会请他自己在手机上答应。")
