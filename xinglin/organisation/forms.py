"""Describing, placing and joining units, granting a role by login name, setting a policy in the shape it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.accounts import forms as accounts
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.organisation import policies, rules
from xinglin.organisation.models import Role, Unit
from xinglin.organisation.policies import Each, Several, Whole

FIELD_OF_REFUSAL = {
    "unit_name_taken": "name",
    "kind_leaves_behind": "kind",
    "bad_division_code": "division_code",
    "division_outside_above": "division_code",
    "division_leaves_below_outside": "division_code",
    "level_contradicts_division": "level",
    "bad_credit_code": "credit_code",
    "credit_code_taken": "credit_code",
    "roles_conflict": "knows_conflict",
    "role_ends_before_it_starts": "until",
}


class Form(accounts.Form):
    """One that knows which of its fields the refusals of this app are about."""

    beside = FIELD_OF_REFUSAL


class TermForm(Form):
    """Until when a role lasts."""

    beside_others = "until"

    until = forms.DateField(
        label=_("到哪天为止"),
        required=False,
        help_text=_("不填就是一直有效。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-01-01 这样")},
    )

    def ends_at(self) -> dt.datetime | None:
        """The midnight after the last day; none until further notice."""
        day = self.cleaned_data["until"]
        return clock.end_of(day) if day else None


class GrantForm(TermForm):
    """Whom to give which role. Volunteers come in by application or roster, not here."""

    beside_others = "login_name"

    login_name = forms.CharField(
        label=_("登录名"),
        max_length=40,
        help_text=_("志愿者填编号，例如 V0000123。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请写上登录名")},
    )
    name = forms.ChoiceField()  # with those that may be granted
    knows_conflict = forms.BooleanField(label=_("知道这两个角色有冲突"), required=False)

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = list(names)
        self.fields["name"] = forms.ChoiceField(
            label=_("角色"), choices=[(name, Role.Name(name).label) for name in names]
        )

    @property
    def asks_about_conflict(self) -> bool:
        """Only once there is one."""
        return "knows_conflict" in self.errors


class UnitForm(Form):
    """What a unit is called and what it is."""

    name = forms.CharField(label=_("名称"), max_length=80, error_messages={"required": _("请写上名称")})
    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind.choices)
    level = forms.ChoiceField(label=_("层级"), required=False, choices=[("", _("按区划代码")), *Unit.Level.choices])
    division_code = forms.CharField(
        label=_("区划代码"),
        required=False,
        max_length=14,
        help_text=_("市、县 6 位，乡镇、街道 9 位或 12 位；村填它所在乡镇的。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        required=False,
        max_length=24,
        help_text=_("法人单位才有，18 位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    service = forms.ChoiceField(
        label=_("服务类别"),
        required=False,
        choices=[("", _("不分类别")), *Unit.Service.choices],
        help_text=_("按服务类别设的分队才选。"),
    )


class MoveForm(Form):
    """Below which unit it is put."""

    beside_others = "below"

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["below"] = UnitChoice(units, label=_("移到哪个单位下面"))


class JointForm(Form):
    """Which other unit carries it too."""

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = UnitChoice(units, label=_("请哪个单位一起带"))


class JoiningForm(forms.Form):
    """How people come in."""

    mode = forms.ChoiceField(label=_("怎样收人"), choices=Unit.Joining.choices, widget=forms.RadioSelect)
    password = forms.CharField(
        label=_("入队口令"),
        required=False,
        max_length=32,
        help_text=_("选“凭入队口令加入”时填，4 到 32 个字；不填就沿用原来的。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class BrandForm(forms.Form):
    """A name, who leads it, its story."""

    name = forms.CharField(label=_("品牌名称"), max_length=40, error_messages={"required": _("请写上品牌名称")})
    leader = forms.CharField(
        label=_("领头人"), max_length=40, required=False, help_text=_("会公开；写上以前请问过本人。")
    )
    story = forms.CharField(
        label=_("品牌故事"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("请写几句品牌故事")},
    )


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit out of a tree, by its code, indented as it stands."""

    def __init__(self, units: QuerySet[Unit], *, label: Any, required: bool = True, empty_label: Any = None) -> None:
        super().__init__(
            queryset=units,
            label=label,
            required=required,
            to_field_name="code",
            empty_label=str(empty_label or gettext("请选择")),
            error_messages={"required": _("请选一个单位"), "invalid_choice": _("请从列出的单位里选一个")},
        )

    def label_from_instance(self, unit: Unit) -> str:
        return f"{chr(0x3000) * (unit.depth - 1)}{unit.name}"


class PolicyForm(forms.Form):
    """A policy's new value, and from which day it holds."""

    starts_on = forms.DateField(
        label=_("从哪天开始"),
        required=False,
        help_text=_("不填就是现在。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写成 2027-01-01 这样")},
    )

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = policies.DEFAULTS[name].shape
        if isinstance(self.shape, Each):
            self._ask_each(self.shape)
        else:
            self.fields["value"] = _field(policies.DEFAULTS[name])
        self.order_fields([key for key in self.fields if key != "starts_on"])

    def _ask_each(self, each: Each) -> None:
        """One field for each word; what is left empty stays as usual."""
        known = self.initial.get("value", {})
        for word, said in each.words.items():
            self.fields[f"value_{word}"] = forms.CharField(
                label=f"{gettext(said)}（{each.measure}）",
                required=False,
                max_length=6,
                initial=str(known.get(word, each.usual)),
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )

    def parts(self) -> list[forms.BoundField]:
        """The fields that make up the value."""
        return [self[key] for key in self.fields if key.startswith("value")]

    def value(self) -> Any:
        """What was typed, in the shape that the policy has."""
        if not isinstance(self.shape, Each):
            return self.cleaned_data["value"]
        typed = {word: self.cleaned_data.get(f"value_{word}", "").strip() for word in self.shape.words}
        return {word: number for word, number in typed.items() if number}

    def hear(self, refusal: Refusal) -> None:
        """Say beside the field what is wrong with the value; where it has many, above them."""
        self.add_error("value" if "value" in self.fields else None, str(refusal))

    def starts_at(self, *, at: dt.datetime) -> dt.datetime:
        """The first moment of the chosen day in China; today and nothing chosen are now."""
        day = self.cleaned_data["starts_on"]
        if day is None or day == clock.local_day(at):
            return at
        return dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)


def _field(default: policies.Default) -> forms.Field:
    match default.shape:
        case Whole(least, most, measure, zero):
            nought = "" if zero is None else f" · 0 = {zero}"
            return forms.CharField(
                label=_("改成"),
                max_length=6,
                help_text=f"{least}–{most} {measure}{nought}",
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        case Several(words, none):
            return forms.MultipleChoiceField(
                label=_("改成"),
                choices=list(words.items()),
                required=none is None,
                help_text="" if none is None else _("都不勾，就是：%(none)s") % {"none": none},
                widget=forms.CheckboxSelectMultiple,
            )
        case shape:
            return forms.ChoiceField(label=_("改成"), choices=list(shape.words.items()), widget=forms.RadioSelect)


def role_said(name: str) -> str:
    """A role's name for sentences."""
    assert name in rules.ROLES
    return str(Role.Name(name).label)
