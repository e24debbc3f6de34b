"""The clock. Only doors (views, commands, jobs) call `now()`; everyone else is given `at=`."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def local_day(at: dt.datetime) -> dt.date:
    """The calendar day that people in China call `at`."""
    return at.astimezone(SHANGHAI).date()
