"""What hours holds of a unit: records stay with the unit where the service was."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.hours.models import Record
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit

KEYS = {"hours.Record.unit"}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Records that wait for somebody's word."""
    waiting = Record.objects.filter(unit=unit, state=Record.State.RECORDED)
    return some(Hanging(_("等确认的时长"), waiting.count(), _("由上级单位确认，照常生效")))


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Nothing: what was served here was served here."""
