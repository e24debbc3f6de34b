"""A sign-in sheet of paper, typed in afterwards: each row by the same verbs as any leader's mark, each for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.activities import actions, rules, typed
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.models import Post, Shift, Signup
from xinglin.activities.walkins import joining as walkins
from xinglin.audit import actions as audit
from xinglin.hours.models import Record
from xinglin.lib.errors import Refusal

MOST_ROWS = 300  # a larger sheet is several shifts
MOST_EXTRAS = 20


@dataclass(frozen=True)
class Row:
    """One line of the sheet as it was typed; an empty time is not known."""

    signup: Signup
    came: str
    left: str


@dataclass(frozen=True)
class Extra:
    """One of the blank lines at the end: a number or a name as it stands there, and who was picked of several."""

    said: str
    picked: str
    came: str
    left: str


@dataclass(frozen=True)
class Entered:
    """What became of a row: a refusal with its field, or nothing; and whether a second person has to confirm it."""

    row: Row | Extra
    refusal: Refusal | None = None
    field: str = ""
    waits: bool = False


def enter_sheet(*, shift: Shift, rows: Sequence[Row], by: Any, at: dt.datetime) -> list[Entered]:
    """Write down every row that can be; whatever is refused in one keeps nobody else's hours waiting."""
    return [_entered(shift, row, by=by, at=at) for row in rows[:MOST_ROWS]]


def enter_extras(*, post: Post, shift: Shift, extras: Sequence[Extra], by: Any, at: dt.datetime) -> list[Entered]:
    """The same for those who had not signed up: each is found, put down for the post, and marked; or none of it."""
    return [_entered_extra(shift, post, extra, by=by, at=at) for extra in extras[:MOST_EXTRAS]]


def note_printing(*, shift: Shift, by: Any, at: dt.datetime) -> None:
    """Names and parts of phone numbers went onto paper, where nobody sees any more who reads them."""
    path = shift.activity.project.unit.path
    audit.record(actor=by, verb="printed_roster", thing=f"shift:{shift.code}", at=at, unit_path=path)


def _entered(shift: Shift, row: Row, *, by: Any, at: dt.datetime) -> Entered:
    marks = _Marks(shift, row, by=by, at=at)
    try:
        with transaction.atomic():  # half a row is none: who came and when they left belong together
            waits = marks.make(row.signup)
    except Refusal as refusal:
        return Entered(row, refusal, marks.field)
    return Entered(row, waits=waits)


def _entered_extra(shift: Shift, post: Post, extra: Extra, *, by: Any, at: dt.datetime) -> Entered:
    marks = _Marks(shift, extra, by=by, at=at)
    marks.field = "who"
    try:
        volunteer = walkins.demand_one(extra.said, picked=extra.picked, shift=shift, by=by)
        with transaction.atomic():
            signup = walkins.join_late(volunteer=volunteer, post=post, by=by, at=at)
            waits = marks.make(signup)
    except Refusal as refusal:
        return Entered(extra, refusal, marks.field)
    return Entered(extra, waits=waits)


class _Marks:
    """The two times of one line. `field` is the one that is being read, so that a refusal can stand beside it."""

    def __init__(self, shift: Shift, row: Row | Extra, *, by: Any, at: dt.datetime) -> None:
        self.slot, self.row, self.by, self.at = shift.slot, row, by, at
        self.field = "came"

    def make(self, signup: Signup) -> bool:
        """Mark them; does a second person have to confirm it?"""
        if getattr(signup, "attendance", None) is None:
            self.field = "came"
            came_at = self._moment(self.row.came)
            actions.come(signup=signup, evidence=BY_LEADER, by=self.by, at=self.at, came_at=came_at)
        if not self.row.left.strip():
            return False
        self.field = "left"
        left_at = self._moment(self.row.left)
        record = actions.leave(signup=signup, evidence=BY_LEADER, by=self.by, at=self.at, left_at=left_at)
        return record is not None and record.state == Record.State.RECORDED

    def _moment(self, text: str) -> dt.datetime:
        return rules.moment_near(self.slot, typed.time_of(text))
