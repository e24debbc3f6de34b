"""A sign-in sheet of paper, typed in afterwards: each row by the same verbs as any leader's mark, each for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.activities import actions, rules, typed
from xinglin.activities.evidence import BY_LEADER
from xinglin.activities.models import Shift, Signup
from xinglin.hours.models import Record
from xinglin.lib.errors import Refusal

MOST_ROWS = 300  # a larger sheet is several shifts


@dataclass(frozen=True)
class Row:
    """One line of the sheet as it was typed; an empty time is not known."""

    signup: Signup
    came: str
    left: str


@dataclass(frozen=True)
class Entered:
    """What became of a row: a refusal with its field, or nothing; and whether a second person has to confirm it."""

    row: Row
    refusal: Refusal | None = None
    field: str = ""
    waits: bool = False


def enter_sheet(*, shift: Shift, rows: Sequence[Row], by: Any, at: dt.datetime) -> list[Entered]:
    """Write down every row that can be; whatever is refused in one keeps nobody else's hours waiting."""
    return [_entered(shift, row, by=by, at=at) for row in rows[:MOST_ROWS]]


def _entered(shift: Shift, row: Row, *, by: Any, at: dt.datetime) -> Entered:
    field = "came"
    try:
        with transaction.atomic():  # half a row is none: who came and when they left belong together
            if getattr(row.signup, "attendance", None) is None:
                came_at = rules.moment_near(shift.slot, typed.time_of(row.came))
                actions.come(signup=row.signup, evidence=BY_LEADER, by=by, at=at, came_at=came_at)
            if not row.left.strip():
                return Entered(row)
            field = "left"
            left_at = rules.moment_near(shift.slot, typed.time_of(row.left))
            record = actions.leave(signup=row.signup, evidence=BY_LEADER, by=by, at=at, left_at=left_at)
    except Refusal as refusal:
        return Entered(row, refusal, field)
    return Entered(row, waits=record is not None and record.state == Record.State.RECORDED)
