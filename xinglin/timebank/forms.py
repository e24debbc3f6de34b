"""Which part of a statement somebody wants to see."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.lib.web.asked import is_meant
from xinglin.timebank.rules import Period


class PeriodForm(forms.Form):
    """From a day to a day, both included; either may be left open."""

    since = forms.DateField(
        label=_("从哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束的日子在开始之前，请换一下"))
        return cleaned

    def period(self) -> Period:
        """What was asked for; everything, where it could not be read."""
        if not self.is_valid():
            return Period()
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return Period(since, until) if all(day is None or is_meant(day) for day in (since, until)) else Period()
