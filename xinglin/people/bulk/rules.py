"""What may follow on what in a bulk action, and until when it can be taken back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from xinglin.people.bulk.errors import BulkBusy, BulkUndoTooLate

MOST = 10_000  # people at once
UNDO_FOR = dt.timedelta(hours=24)
AT_WORK = ("running", "undoing")

# state → (step → next state)
STEPS: dict[str, dict[str, str]] = {
    "chosen": {"begin": "running"},
    "running": {"finish": "done", "cancel": "cancelled", "give_up": "failed"},
    "done": {"undo": "undoing"},
    "cancelled": {"undo": "undoing"},
    "failed": {"undo": "undoing"},
    "undoing": {"finish": "undone", "give_up": "failed"},
}


def next_state(state: str, step: str) -> str:
    """The state after a step, or a refusal."""
    try:
        return STEPS[state][step]
    except KeyError as elsewhere:
        raise BulkBusy from elsewhere


def may_undo(state: str, *, done: int, finished_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Is there something to take back, and still time to?"""
    return "undo" in STEPS.get(state, {}) and done > 0 and finished_at is not None and at <= finished_at + UNDO_FOR


def refuse_to_undo(state: str, *, done: int, finished_at: dt.datetime | None, at: dt.datetime) -> None:
    """Say why it cannot be taken back."""
    next_state(state, "undo")
    if not done:
        raise BulkBusy
    if not may_undo(state, done=done, finished_at=finished_at, at=at):
        raise BulkUndoTooLate(hours=int(UNDO_FOR.total_seconds() // 3600))


def progress(state: str, people: int, tally: Mapping[str, int]) -> tuple[int, int]:
    """How many are settled, of how many: of those chosen, or while it is undone of those that were done."""
    taken_back = tally.get("undone", 0) + tally.get("kept", 0)
    if state == "undoing":
        return taken_back, taken_back + tally.get("done", 0)
    return sum(tally.values()), people
