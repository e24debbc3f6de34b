"""What is asked when minutes are given away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import Refusal
from xinglin.people.models import Person
from xinglin.people.queries import Tie

POOL = "pool"
FIELD_OF_REFUSAL = {
    "not_minutes": "minutes",
    "not_enough_minutes": "minutes",
    "receiver_is_full": "minutes",
    "gift_not_permitted": "to",
    "not_related": "to",
    "donates_only": "to",
}


class Form(forms.Form):
    """A form that also says an action's refusal, so that nothing typed is lost."""

    def hear(self, refusal: Refusal) -> None:
        field = FIELD_OF_REFUSAL.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal))


class GiftForm(Form):
    """To whom, how much, and a word with it."""

    to = forms.ChoiceField(label=_("送给谁"), widget=forms.RadioSelect, error_messages={"required": _("请选送给谁")})
    minutes = forms.IntegerField(
        label=_("送多少分钟"),
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            name: _("请填要送多少分钟，至少 1 分钟，写整数")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    words = forms.CharField(label=_("说一句话"), required=False, max_length=60, help_text=_("对方看得到。不写病情。"))

    def __init__(self, *args: Any, ties: Sequence[Tie], pool: str, **kwargs: Any) -> None:
        """`ties` are those to whom the policy lets this person give; `pool` names the pool, or is empty."""
        super().__init__(*args, **kwargs)
        self.people = {tie.other.code: tie.other for tie in ties}
        choices: list[tuple[str, Any]] = [(tie.other.code, f"{tie.other.name}（{tie.said}）") for tie in ties]
        choices += [(POOL, pool)] if pool else []
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def receiver(self) -> Person | None:
        return self.people.get(self.cleaned_data["to"])
