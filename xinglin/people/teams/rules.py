"""Decisions about moves between teams. Pure."""

from __future__ import annotations

import datetime as dt

from xinglin.people.teams.errors import MoveInPast, MoveOver

LONGEST_LOAN_DAYS = 366

# state → (step → next state)
STEPS: dict[str, dict[str, str]] = {
    "asked": {"agree": "offered", "refuse": "refused", "withdraw": "withdrawn", "lapse": "lapsed"},
    "offered": {"accept": "agreed", "decline": "declined", "withdraw": "withdrawn", "lapse": "lapsed"},
    "agreed": {"begin": "done", "withdraw": "withdrawn"},
    "done": {"end": "over"},
}


def next_state(state: str, step: str) -> str:
    """The state after a step, or a refusal."""
    try:
        return STEPS[state][step]
    except KeyError as over:
        raise MoveOver from over


def refuse_days(kind: str, starts_on: dt.date, until: dt.date | None, *, today: dt.date) -> None:
    """From today on; a loan has an end, not before its start and within a year."""
    if starts_on < today:
        raise MoveInPast
    if kind == "loan" and (until is None or not starts_on <= until <= starts_on + dt.timedelta(days=LONGEST_LOAN_DAYS)):
        raise MoveInPast
