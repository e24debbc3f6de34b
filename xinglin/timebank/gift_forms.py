"""What is asked when minutes are given away, or moved by the staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.accounts import forms as accounts
from xinglin.lib.web.words import in_china, minutes_said
from xinglin.organisation import policies
from xinglin.organisation.models import Unit
from xinglin.people.models import Person
from xinglin.people.queries import Tie
from xinglin.timebank import teams
from xinglin.timebank.models import Entry, Request

POOL = "pool"
FIELD_OF_REFUSAL = {
    "not_minutes": "minutes",
    "not_enough_minutes": "minutes",
    "receiver_is_full": "minutes",
    "not_enough_in_account": "minutes",
    "not_of_the_team": "to",
    "not_of_the_house": "number",
    "gift_not_permitted": "to",
    "not_related": "to",
    "donates_only": "to",
    "more_than_allowed": "minutes",
    "not_reversible": "entry",
    "already_correcting": "entry",
    "moves_reason_needed": "reason",
    "forgiveness_reason_needed": "reason",
}


class Form(accounts.Form):
    """A form that also says an action's refusal, so that nothing typed is lost."""

    beside = FIELD_OF_REFUSAL
    use_required_attribute = True


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

    def __init__(self, *args: Any, ties: Sequence[Tie], pool: str, teams: Sequence[Unit], **kwargs: Any) -> None:
        """`ties` and `teams` are those to whom the policy lets this person give; `pool` names the pool, or is empty."""
        super().__init__(*args, **kwargs)
        self.teams = {f"team-{team.code}": team for team in teams}
        self.people = {tie.other.code: tie.other for tie in ties}
        choices: list[tuple[str, Any]] = [(tie.other.code, f"{tie.other.name}（{tie.said}）") for tie in ties]
        choices += [(key, team.name) for key, team in self.teams.items()]
        choices += [(POOL, pool)] if pool else []
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def receiver(self) -> Person | None:
        return self.people.get(self.cleaned_data["to"])

    def team(self) -> Unit | None:
        return self.teams.get(self.cleaned_data["to"])


class RequestForm(Form):
    """What shall be moved, how much, and why."""

    kind = forms.ChoiceField(label=_("办什么"), widget=forms.RadioSelect, error_messages={"required": _("请选办什么")})
    unit = forms.ModelChoiceField(
        label=_("哪个单位"), queryset=Unit.objects.none(), to_field_name="code", empty_label=None
    )
    entry = forms.ChoiceField(label=_("更正哪一笔"), required=False, help_text=_("冲回和更正补入要选；发放不用选。"))
    minutes = forms.IntegerField(
        label=_("多少分钟"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=_("冲回总是整笔，不用填。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={name: _("请写整数，至少 1 分钟") for name in ("invalid", "min_value", "max_value")},
    )
    reason = forms.CharField(
        label=_("为什么"),
        max_length=200,
        help_text=_("另一位同事和审计员看得到。不写姓名、号码和病情。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么，另一位同事和审计员要看")},
    )

    def __init__(
        self,
        *args: Any,
        units: Sequence[Unit],
        entries: Sequence[Entry],
        may_fund: bool,
        has_person: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (value, label)
            for value, label in Request.Kind.choices
            if value != Request.Kind.TEAM_GIFT  # asked by the team's leader, on a page of its own
            and (may_fund if value == Request.Kind.RESERVE_FUNDING else has_person)
        ]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(  # type: ignore[attr-defined]
            pk__in=[unit.pk for unit in units]
        ).order_by("path")
        self.fields["entry"].choices = [  # type: ignore[attr-defined]
            ("", gettext("不更正哪一笔")),
            *((str(entry.transfer_id), _entry_said(entry)) for entry in entries),
        ]
        if not entries:
            del self.fields["entry"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind in (Request.Kind.REVERSAL, Request.Kind.ADJUSTMENT) and not cleaned.get("entry"):
            self.add_error("entry" if "entry" in self.fields else "kind", gettext("请选更正哪一笔"))
        if kind and kind != Request.Kind.REVERSAL and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", gettext("请写整数，至少 1 分钟"))
        return cleaned

    def said(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        corrects = cleaned["kind"] in (Request.Kind.REVERSAL, Request.Kind.ADJUSTMENT)
        return {
            "kind": cleaned["kind"],
            "unit": cleaned["unit"],
            "minutes": cleaned.get("minutes") or 0,
            "reason": cleaned["reason"],
            "transfer_id": int(cleaned["entry"]) if corrects else None,
        }


class TeamGiftForm(Form):
    """To whom a team's minutes shall go, how many, and why."""

    to = forms.ChoiceField(label=_("捐给谁"), widget=forms.RadioSelect, error_messages={"required": _("请选捐给谁")})
    number = forms.CharField(
        label=_("志愿者编号"),
        required=False,
        max_length=12,
        help_text=_("捐给有困难的志愿者要填。有没有登记困难，由决定的同事核对。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("捐多少分钟"),
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={name: _("请写整数，至少 1 分钟") for name in ("required", "invalid", "min_value", "max_value")},
    )
    reason = forms.CharField(
        label=_("为什么"),
        max_length=200,
        help_text=_("另一位同事和审计员看得到。不写姓名、号码和病情。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么，另一位同事和审计员要看")},
    )

    def __init__(self, *args: Any, team: Unit, permitted: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_team = team
        self.person: Person | None = None
        words = policies.TEAM_GIFTS
        self.fields["to"].choices = [(word, words[word]) for word in permitted]  # type: ignore[attr-defined]
        if teams.NEED not in permitted:
            del self.fields["number"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") == teams.NEED and "number" not in self.errors:
            volunteer = teams.volunteer_of_house(self.for_team, cleaned.get("number", ""))
            if volunteer is None:
                self.add_error("number", gettext("本单位没有这个编号的志愿者，请核对后再试"))
            else:
                self.person = volunteer.person
        return cleaned

    def said(self) -> dict[str, Any]:
        return {"person": self.person, "minutes": self.cleaned_data["minutes"], "reason": self.cleaned_data["reason"]}


class ForgivenessForm(Form):
    """Why a debt should be forgiven."""

    reason = forms.CharField(
        label=_("为什么免还"),
        max_length=300,
        help_text=_("另一位同事和审计员看得到。不写姓名、号码和病情。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么要免去，做决定的同事要看")},
    )


def _entry_said(entry: Entry) -> str:
    sign = "+" if entry.minutes > 0 else "−"
    return f"{in_china(entry.at):%Y-%m-%d} · {entry.reason or entry.kind} · {sign}{minutes_said(abs(entry.minutes))}"
