"""On duty or not: what follows from a suspension, and the words for whatever keeps somebody from serving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinglin.organisation import policies
from xinglin.people.models import Volunteer

OFF_DUTY, ABILITY = "off_duty", "ability"
PAPERS: dict[str, Any] = {**policies.GATES, ABILITY: _("岗位要的特长或资格")}

# What becomes of the places that a suspended volunteer holds: apps above say so when they start.
_following: dict[str, Callable[..., int]] = {}


def follow(name: str, what: Callable[..., int]) -> None:
    """`what(volunteer=…, by=…, at=…)` is called in the transaction that suspends; it answers how many places went."""
    _following[name] = what


def suspended(volunteer: Volunteer, *, by: Any, at: dt.datetime) -> int:
    """Somebody is off duty from now on; answers how many places went with it."""
    return sum(_following[name](volunteer=volunteer, by=by, at=at) for name in sorted(_following))


def is_off(volunteer: Volunteer, *, on: dt.date, at: dt.datetime) -> bool:
    """Were they off duty at a moment, for a service on a day? Whoever is back on that day may have a place in it."""
    if volunteer.state == Volunteer.State.ACTIVE or (volunteer.state_since is not None and volunteer.state_since > at):
        return False
    return volunteer.returns_on is None or on < volunteer.returns_on


def said(lacks: Collection[str]) -> str:
    """What keeps somebody from serving, in words."""
    papers = gettext("、").join(str(name) for code, name in PAPERS.items() if code in lacks)
    parts = [gettext("服务已暂停")] if OFF_DUTY in lacks else []
    parts += [gettext("没办好或过期了：%(papers)s") % {"papers": papers}] if papers else []
    return gettext("；").join(parts)
