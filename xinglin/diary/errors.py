"""Refusals of the diary."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.lib.web import words


class AlreadyBusy(Refusal):
    """The person is committed elsewhere for a part of this time. The sentence says when, never what."""

    code = "already_busy"
    message = _("您{when}已经有安排了，和这个时间有重叠")

    def __init__(self, *, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
        super().__init__()
        self.starts_at = starts_at
        self.ends_at = ends_at

    def __str__(self) -> str:
        # Said at the door, to a person who thinks in 今天 and 明天; so this sentence may ask the clock.
        today = clock.local_day(clock.now())
        when = words.span_said(self.starts_at, self.ends_at, today=today)
        return str(self.message).format(when=when)
