"""Refusals of the first pages."""

from __future__ import annotations

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotFound, Refusal


class WaitsNoLonger(NotFound):
    """Somebody has decided it meanwhile, or it never was this person's to decide."""

    code = "waits_no_longer"
    message = _("这一件不在等您决定，多半已经有同事办好了")

    def __init__(self) -> None:
        super().__init__(next_url=str(reverse_lazy("home:desk")), next_text=_("看还有什么等着"))


class ReasonNeeded(BadInput):
    """A decision against somebody takes a reason, which they read."""

    code = "decision_reason_needed"
    message = _("请写一句原因，对方会看到")


class NothingToTakeBack(Refusal):
    """There is no decision of this session left that can be undone."""

    code = "nothing_to_take_back"
    message = _("没有可以撤销的决定了。撤销只有几分钟的时间")
