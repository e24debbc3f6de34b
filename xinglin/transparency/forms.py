"""What is asked when an office shall receive the checkpoints."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from xinglin.lib.channels.mail import LONGEST_ADDRESS


class RecipientForm(forms.Form):
    """The office, and the mailbox in which it keeps what it receives."""

    name = forms.CharField(label=_("单位"), max_length=60, help_text=_("例如 瑞安市审计局。写单位，不写个人姓名。"))
    address = forms.CharField(
        label=_("邮箱"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("最好是单位的公用邮箱，收到的存证点由他们自己保存。"),
    )
