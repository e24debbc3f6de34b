"""Refusals of vetting: what cannot be decided, handed in or booked, and what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class GateNotOpen(Refusal):
    """What is to be ended does not stand."""

    code = "gate_not_open"
    message = _("这一关现在没有通过的记录，不用收回")


class GateReasonNeeded(BadInput):
    """Whoever loses a gate reads why."""

    code = "gate_reason_needed"
    message = _("请写一句为什么，本人会看到")
