"""What is typed about a whole person at the desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.accounts.forms import SHOWN_PLAIN, Form

BESIDE = {
    "which_paper": "paper",
    "why_not_needed": "reason",
    "merge_same_account": "gone",
    "merge_keep_the_volunteer": "kept",
    "merge_gone": "gone",
    "merge_proposed": "gone",
    "no_such_account": "gone",
    "several_accounts": "gone",
}


class ReasonForm(Form):
    """Why not; the person concerned reads it."""

    beside = BESIDE
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("对方会看到。不写姓名、号码和病情。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写一句原因，对方会看到")},
    )


class PaperForm(Form):
    """On which paper somebody asked, who cannot do so by telephone."""

    beside = BESIDE
    paper = forms.CharField(
        label=_("看过什么材料"),
        max_length=60,
        help_text=_("例如本人签字的注销申请。"),
        error_messages={"required": _("请写上看过什么材料，例如本人签字的申请、两张证件")},
    )


class MergeForm(Form):
    """Which account stays, which one goes into it, and on which paper it was seen that both are one."""

    beside = BESIDE
    kept = forms.CharField(
        label=_("保留哪个编号"),
        max_length=40,
        help_text=_("姓名或完整的手机号也可以。"),
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"autocomplete": "off"}),
        error_messages={"required": _("请写上要保留的志愿者编号")},
    )
    gone = forms.CharField(
        label=_("把哪个编号并进来"),
        max_length=40,
        help_text=_("姓名或完整的手机号也可以。"),
        widget=forms.TextInput(attrs=SHOWN_PLAIN | {"autocomplete": "off"}),
        error_messages={"required": _("请写上要并进来的志愿者编号")},
    )
    paper = forms.CharField(
        label=_("看过什么材料，知道是同一个人"),
        max_length=60,
        help_text=_("例如本人带来的两张志愿者卡和身份证。"),
        error_messages={"required": _("请写上看过什么材料，例如本人签字的申请、两张证件")},
    )
