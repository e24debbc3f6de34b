"""What can be done to many: each kind names the action for one volunteer, the one that takes it back, and the refusals
that a page can say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import Refusal
from xinglin.organisation.errors import MayNot
from xinglin.people.errors import NotActive
from xinglin.people.models import Bulk, Volunteer
from xinglin.people.teams import errors as teams
from xinglin.people.teams import placing
from xinglin.people.vetting import errors as vetting
from xinglin.people.vetting import insurance

Kind = Bulk.Kind


@dataclass(frozen=True)
class Doing:
    """How one volunteer is dealt with. `do` answers the key of the row by which it can be taken back."""

    verb: str
    do: Callable[[Bulk, Volunteer, Any, dt.datetime], int]
    undo: Callable[[Bulk, Volunteer, int, Any, dt.datetime], None]


def _put_in(bulk: Bulk, volunteer: Volunteer, by: Any, at: dt.datetime) -> int:
    return placing.put_in(volunteer=volunteer, unit=_team(bulk), by=by, at=at).pk


def _undo_put_in(bulk: Bulk, volunteer: Volunteer, made: int, by: Any, at: dt.datetime) -> None:
    placing.undo_put_in(volunteer=volunteer, unit=_team(bulk), membership=made, by=by, at=at)


def _take_out(bulk: Bulk, volunteer: Volunteer, by: Any, at: dt.datetime) -> int:
    return placing.take_out(volunteer=volunteer, unit=_team(bulk), by=by, at=at).pk


def _undo_take_out(bulk: Bulk, volunteer: Volunteer, made: int, by: Any, at: dt.datetime) -> None:
    placing.undo_take_out(volunteer=volunteer, unit=_team(bulk), membership=made, by=by, at=at)


def _cover(bulk: Bulk, volunteer: Volunteer, by: Any, at: dt.datetime) -> int:
    assert bulk.insurance is not None, "the database asks for it"
    return insurance.cover(insurance=bulk.insurance, volunteer=volunteer, by=by, at=at).pk


def _uncover(bulk: Bulk, volunteer: Volunteer, made: int, by: Any, at: dt.datetime) -> None:
    assert bulk.insurance is not None, "the database asks for it"
    try:
        insurance.uncover(insurance=bulk.insurance, volunteer=volunteer, by=by, at=at, made=made)
    except vetting.NotCovered as otherwise:
        raise teams.ChangedMeanwhile from otherwise


def _team(bulk: Bulk) -> Any:
    assert bulk.unit is not None, "the database asks for it"
    return bulk.unit


DOINGS: dict[str, Doing] = {
    Kind.PUT_IN: Doing(placing.VERB, _put_in, _undo_put_in),
    Kind.TAKE_OUT: Doing(placing.VERB, _take_out, _undo_take_out),
    Kind.COVER: Doing("keep_vetting", _cover, _uncover),
}
# There is nothing to do: so it was before.
ALREADY: tuple[type[Refusal], ...] = (teams.MemberAlready, teams.NotMember, vetting.CoveredAlready)
# Why one of many was left as they were, by the code of the refusal; what is said to the person themselves says so here.
SAID: dict[str, Any] = {
    refusal.code: refusal.message
    for refusal in (
        NotActive,
        MayNot,
        teams.TeamClosed,
        teams.MoveStandsAlready,
        teams.NotOfYourUnits,
        teams.OnlyTeamOfTheirs,
        teams.LentHere,
        teams.ChangedMeanwhile,
        vetting.InsuranceIsOver,
        vetting.NotUnderInsurance,
        vetting.NotCovered,
    )
} | {teams.TeamClosed.code: _("这支队伍停办了，或者暂时不收人")}


def said(why: str) -> str:
    """A refusal by its code, in the language of this moment."""
    return str(SAID.get(why, _("请打开这个人的页面看看"))) if why else ""
