"""Refusals about whose word it is that something of a child is kept: the guardian's below 14, later their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import Refusal


class GuardiansWord(Refusal):
    """The word on what is kept of a child is the guardian's, not the child's own press."""

    code = "guardians_word"
    message = _("不满 {age} 周岁，这一项由监护人同意或撤回：请家长在自己手机的“我的孩子”里按，或到志愿服务台签在纸上")


class DecidesThemselves(Refusal):
    """Old enough by now to say yes or no themselves."""

    code = "decides_themselves"
    message = _("已满 {age} 周岁，这一项由孩子自己决定，在孩子手机的“个人信息与同意”里")
