"""What is asked when a record is voided."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.hours import rules


class VoidForm(forms.Form):
    """The reason, which the person concerned reads."""

    reason = forms.CharField(
        label=_("作废的原因"),
        help_text=_("本人会看到。写清楚哪里不对，不写病人的姓名和病情。"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
