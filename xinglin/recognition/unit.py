"""What recognition holds of a unit: its schemes and stars stay; what a star opens goes on at the successor."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit
from xinglin.recognition.models import Privilege

KEYS = {
    "recognition.Scheme.unit",  # stays: it says under what a star was granted
    "recognition.Grant.unit",
    "recognition.Bar.unit",
    "recognition.Privilege.unit",
}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """What a star opens here."""
    then = _("转给接手单位") if successor else _("到今天为止")
    return some(Hanging(_("星级礼遇"), _privileges(unit).count(), then))


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """What the successor does not offer itself goes on there; the rest ends."""
    if successor is not None:
        own = _privileges(successor).values("title")
        _privileges(unit).exclude(title__in=own).update(unit=successor)
    _privileges(unit).update(ends_at=at)


def _privileges(unit: Unit) -> Any:
    return Privilege.objects.filter(unit=unit, ends_at__isnull=True)
