"""What people type in a hurry, read as a time of day. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from xinglin.activities.errors import NotATime

# 9, 900, 0900, 9:05, 9.05, 9点, 9点半, 9点05分; the whole widths of a Chinese keyboard are made narrow first.
TIME = re.compile(r"(\d{1,2})(?:[:.点时h](半|\d{1,2})?分?|(\d{2}))?")


def time_of(text: str) -> dt.time:
    """The time of day that was meant."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    found = TIME.fullmatch(plain)
    if found is None:
        raise NotATime(typed=text.strip()[:12])
    minutes = found[2] or found[3] or "0"
    hour, minute = int(found[1]), 30 if minutes == "半" else int(minutes)
    if hour > 23 or minute > 59:
        raise NotATime(typed=text.strip()[:12])
    return dt.time(hour, minute)
