"""What is typed about moves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.organisation.forms import UnitChoice
from xinglin.organisation.models import Unit
from xinglin.people.forms import Form
from xinglin.people.models import Move

UNREADABLE_DAY = {"invalid": _("请写成 2027-01-01 这样"), "required": _("请选一天")}


def day_input() -> forms.DateInput:
    """A day, by the device's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MoveForm(Form):
    """Transfer or loan: from which team into which, from when, until when, and why."""

    kind = forms.ChoiceField(
        label=_("怎么去"),
        choices=[
            (Move.Kind.TRANSFER, _("转队：离开原来的队伍")),
            (Move.Kind.LOAN, _("借调：帮一段时间，还在原来的队伍")),
        ],
        widget=forms.RadioSelect,
        initial=Move.Kind.LOAN,
    )
    starts_on = forms.DateField(label=_("从哪天起"), error_messages=UNREADABLE_DAY, widget=day_input())
    until = forms.DateField(
        label=_("借调到哪天"),
        required=False,
        help_text=_("转队不用填；借调最长一年。"),
        error_messages=UNREADABLE_DAY,
        widget=day_input(),
    )
    reason = forms.CharField(
        label=_("为什么"),
        max_length=200,
        help_text=_("本人会看到，例如：流感门诊缺人。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么")},
    )

    def __init__(self, *args: Any, own: QuerySet[Unit], others: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_unit"] = UnitChoice(own, label=_("从哪支队伍"), empty_label=_("请选择"))
        self.fields["to_unit"] = UnitChoice(others, label=_("去哪支队伍"), empty_label=_("请选择"))
        self.order_fields(["kind", "from_unit", "to_unit", "starts_on", "until", "reason"])

    def hear(self, refusal: Any) -> None:
        """Say it beside the field that it is about."""
        beside = {"move_in_past": "starts_on", "not_member": "from_unit"}
        self.add_error(beside.get(refusal.code, "to_unit"), str(refusal))
