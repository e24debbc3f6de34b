"""What narrows the desk's list of volunteers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import filters, words
from xinglin.people.forms import Form
from xinglin.people.models import Gate, Volunteer
from xinglin.people.search import Asked

LONGEST_TEXT = 40


class ExportForm(Form):
    """Why a list is taken away."""

    reason = forms.CharField(
        label=_("为什么导出"),
        max_length=300,
        help_text=_("例如 报送区里年度统计。会记入审计，不写任何人的姓名和病情。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写一句为什么要导出，会记入审计")},
    )


class SearchForm(forms.Form):
    """By what the list is narrowed. What means nothing here narrows nothing: an address may be old."""

    q = forms.CharField(label=_("搜索的字"), required=False)
    unit = forms.ModelChoiceField(
        label=_("队伍"), queryset=Unit.objects.none(), required=False, to_field_name="code", empty_label=_("全部队伍")
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *Volunteer.State.choices])
    speciality = forms.ChoiceField(label=_("特长"), required=False)
    gate = forms.ChoiceField(label=_("已过的关"), required=False, choices=[("", _("不限")), *Gate.Kind.choices])
    qualification = forms.CharField(
        label=_("证书"), required=False, max_length=40, widget=forms.TextInput(attrs={"class": "input"})
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["speciality"].choices = [("", _("不限")), *words.choices("speciality")]  # type: ignore[attr-defined]
        for one in filters.added():
            choices = [("", _("不限")), *one.choices()]
            self.fields[one.name] = forms.ChoiceField(label=one.label, required=False, choices=choices)

    def asked(self) -> Asked:
        """What is asked for, as far as it can be read."""
        self.is_valid()
        said = self.cleaned_data
        return Asked(
            text=said.get("q", "")[:LONGEST_TEXT],
            unit=said.get("unit"),
            **{name: said.get(name, "") for name in ("state", "speciality", "gate", "qualification")},
            more={one.name: said.get(one.name, "") for one in filters.added()},
        )

    def said(self) -> dict[str, str]:
        """What narrows the list, by the names that stand in the address."""
        self.is_valid()
        return {name: self._typed(name) for name in self.fields if self.cleaned_data.get(name) and self._typed(name)}

    def left_out(self, wanted: Mapping[str, str]) -> list[str]:
        """What was asked for once and means nothing here any more: the names of those conditions."""
        lost = wanted.keys() - self.said().keys()
        named = [str(field.label) for name, field in self.fields.items() if name in lost]
        return named + [str(_("别的条件"))] * bool(lost - self.fields.keys())

    def conditions(self) -> list[tuple[str, str]]:
        """What narrows the list, as a page says it."""
        return [(str(self.fields[name].label), self._shown(name, value)) for name, value in self.said().items()]

    def _typed(self, name: str) -> str:
        return str(self.data.get(name, "")).strip()[:LONGEST_TEXT]

    def _shown(self, name: str, value: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(self.cleaned_data[name].name)
        choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
        return str(dict(choices).get(value, value))


def search_units(user: Any) -> QuerySet[Unit]:
    """The teams by which this user may narrow the list."""
    return organisation.units_where(user, "see_people").filter(closed_at__isnull=True).order_by("path")
