"""Refusals about a consent that was taken back: said to the person, and to whoever would sign them up."""

from __future__ import annotations

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from xinglin.activities.errors import CannotTake


class ConsentWithdrawn(CannotTake):
    """They took back their consent to what is kept of them: without it no shift can be arranged."""

    code = "consent_withdrawn"
    status = 403
    offers_others = False
    title = _("您撤回了个人信息的同意")
    message = _("没有它，我们不能再为您安排新的班次。想再来，看过说明、按一下同意，马上就能报名。")
    way_on = reverse_lazy("people:consents")
    way_on_text = _("去看说明，再同意一次")


class TheirConsentIsWithdrawn(CannotTake):
    """The same, said to whoever signs them up: only the person themselves can mend it."""

    code = "their_consent_is_withdrawn"
    status = 403
    offers_others = False
    is_for_staff_too = True
    title = _("本人撤回了个人信息的同意")
    message = _(
        "不能再替这位志愿者安排新的班次。要本人再同意：在手机上“我的 · 个人信息与同意”里按一下；"
        "没有手机的，签在纸上，由协调员在志愿者页的“个人信息与同意”里登记。"
    )
