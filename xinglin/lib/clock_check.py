"""Is the clock right? Codes, publication periods and the ledger's order hang on it.

Asked of the kernel (does somebody keep it in step?) and of the database (does its clock say the same as ours?).
"""

from __future__ import annotations

import ctypes
import datetime as dt
from pathlib import Path

MOST_OFFSET_S = 2.0  # between this machine and the database's
TIMESYNCD_STAMP = Path("/run/systemd/timesync/synchronized")
TIME_ERROR = 5  # what adjtimex returns while nobody keeps the clock in step
SIZE_OF_TIMEX = 256  # larger than the kernel's struct on every platform; all zero asks and sets nothing


def is_synchronised() -> bool | None:
    """Does chrony, ntpd or systemd-timesyncd keep the clock? None where the kernel may not be asked."""
    if TIMESYNCD_STAMP.exists():
        return True
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(SIZE_OF_TIMEX))
    except (OSError, AttributeError):  # another system than Linux
        return None
    return None if state < 0 else state != TIME_ERROR


def offset_s(theirs: dt.datetime, *, asked_at: dt.datetime, answered_at: dt.datetime) -> float:
    """By how much another clock is ahead of ours: it was read somewhere between our question and its answer."""
    middle = asked_at + (answered_at - asked_at) / 2
    return (theirs - middle).total_seconds()
