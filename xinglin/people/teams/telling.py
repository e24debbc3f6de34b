"""What becomes of a wish to join, a transfer or a loan: told to the volunteer, to who asked, and to both teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.notices.kinds import kept
from xinglin.notices.models import Notice
from xinglin.organisation import queries as organisation
from xinglin.organisation.models import Unit
from xinglin.people import leaving
from xinglin.people.models import Move

Kind, State = Move.Kind, Move.State
OFFER = "offered"


def offered(move: Move, *, at: dt.datetime) -> None:
    """The volunteer is asked, and hears until when."""
    days = organisation.policy("move_answer_days", move.to_unit, at=at)
    last = clock.local_day(move.asked_at + dt.timedelta(days=days))
    _to_volunteer("move_offered", move, OFFER, at=at, day=last.isoformat())


def joined(move: Move, *, at: dt.datetime) -> None:
    """A wish to join was decided."""
    kind = "join_accepted" if move.state == State.DONE else "join_refused"
    _to_volunteer(kind, move, "decided", at=at, code=move.to_unit.code)


def begun(move: Move, *, at: dt.datetime) -> None:
    """What was agreed for a later day takes effect."""
    _to_volunteer("move_begun", move, "begun", at=at)


def loan_over(move: Move, *, at: dt.datetime) -> None:
    """They are back."""
    _to_volunteer("loan_over", move, "over", at=at)


def over(move: Move, *, was: str, at: dt.datetime) -> None:
    """It came to nothing by others: to a volunteer who knew of it. An offer that nobody heard of was none."""
    knew = move.kind == Kind.JOIN or was in (State.OFFERED, State.AGREED)
    if was == State.OFFERED and move.state == State.WITHDRAWN:
        offer = _source(move, OFFER)
        is_read = Notice.objects.filter(source=offer, read_at__isnull=False).exists()
        if not is_read and notices.take_back(source=offer):
            return
    if knew:
        _to_volunteer("move_over", move, "over", at=at)


def closed(unit: Unit, user_ids: Collection[int], *, successor: Unit | None, at: dt.datetime) -> None:
    """The team is no more: to its members, with where they belong now."""
    kind, values = "team_closed", {"unit": unit.name}
    if successor is not None:
        kind, values = "team_went_over", values | {"team": successor.name}
    source = f"unit:{unit.code}:closed"
    news = [notices.News(user_id=one, kind=kind, source=source, values=values) for one in user_ids]
    notices.tell_many(news=news, at=at)


def answered(move: Move, *, at: dt.datetime, but: Any = None) -> None:
    """To who asked, and whoever coordinates or leads the two teams: which way it went."""
    if move.kind == Kind.JOIN:  # nobody but the volunteer had asked
        return
    hear = {move.asked_by_id}
    for unit in (move.from_unit, move.to_unit):
        hear.update(leaving.listeners(unit, at=at) if unit is not None else [])
    hear -= {move.volunteer.person.user_id, but.pk if but is not None else None}
    source = _source(move, move.state)
    news = [notices.News(user_id=one, kind="move_answered", source=source, values=_said(move)) for one in sorted(hear)]
    notices.tell_many(news=news, at=at)


def _to_volunteer(kind: str, move: Move, event: str, *, at: dt.datetime, **values: Any) -> None:
    user, values = move.volunteer.person.user, _said(move) | values
    notices.tell(user=user, kind=kind, source=_source(move, event), values=values, at=at)


def _said(move: Move) -> dict[str, Any]:
    return {"team": move.to_unit.name, "move": kept(Kind(move.kind).label), "state": kept(State(move.state).label)}


def _source(move: Move, event: str) -> str:
    return f"move:{move.code}:{event}"
