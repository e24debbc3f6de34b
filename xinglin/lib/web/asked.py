"""What an address asks for, read kindly: nobody types these by hand, but anybody may."""

from __future__ import annotations

import datetime as dt

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)  # at the ends of the calendar no next day can be counted


def day_asked(text: str, *, otherwise: dt.date) -> dt.date:
    """The day that was asked for; what is no day, or one that no house of ours can mean, is `otherwise`."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if is_meant(day) else otherwise


def is_meant(day: dt.date) -> bool:
    """Can anybody mean this day?"""
    return EARLIEST <= day <= LATEST
