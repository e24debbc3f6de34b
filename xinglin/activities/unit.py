"""What activities holds of a unit: shifts that are on or still to come. They follow their project."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.activities.models import Shift
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit

KEYS: set[str] = set()


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Shifts that are on, and those to come."""
    shifts = Shift.objects.filter(activity__project__unit=unit, state=Shift.State.OPEN)
    on, coming = shifts.filter(starts_at__lte=at, ends_at__gt=at), shifts.filter(starts_at__gt=at)
    return some(
        Hanging(_("正在进行的班次"), on.count(), _("请等它结束"), blocks=True),
        Hanging(_("还没开始的班次"), coming.count(), _("跟着项目转给接手单位"), needs_successor=True),
    )


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Nothing of its own: a shift is its project's."""
