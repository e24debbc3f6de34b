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


def end_of(day: dt.date) -> dt.datetime:
    """When what lasts through this day ends: the midnight in China after it."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)


def last_day(ends_at: dt.datetime) -> dt.date:
    """The last day of what ends at this moment: of midnight it is the day before."""
    return local_day(ends_at - dt.timedelta(seconds=1))
