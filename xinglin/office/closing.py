"""Closing a unit: every app's `unit.py` is asked what hangs on it, and hands it over, in one transaction."""

from __future__ import annotations

import datetime as dt
from types import ModuleType
from typing import Any

from django.db import transaction

from xinglin.activities import unit as activities
from xinglin.benefits import unit as benefits
from xinglin.circulars import unit as circulars
from xinglin.hours import unit as hours
from xinglin.organisation import actions as organisation_actions
from xinglin.organisation import queries as organisation_queries
from xinglin.organisation import unit as organisation
from xinglin.organisation.errors import NoSuccessor, NoUnitAbove, StillHanging
from xinglin.organisation.hanging import Hanging, counted, what_stops
from xinglin.organisation.models import Unit
from xinglin.people import unit as people
from xinglin.projects import unit as projects
from xinglin.recognition import unit as recognition
from xinglin.timebank import unit as timebank

# In the order in which a page lists them; each hands over what is its own, and none leans on another's being done.
APPS: tuple[ModuleType, ...] = (
    organisation,
    circulars,
    people,
    activities,
    projects,
    hours,
    timebank,
    recognition,
    benefits,
)


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Everything that hangs on the unit, and what would become of it."""
    return [thing for app in APPS for thing in app.hangs_on(unit, successor=successor, at=at)]


@transaction.atomic
def close(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> Unit:
    """Close a unit: what hangs on it goes to the successor, or ends. What it did stays its own."""
    organisation_actions.hold_the_tree()
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    above = organisation_queries.above(unit)
    if above is None:
        raise NoUnitAbove
    organisation_queries.demand(by, "edit_units", above)
    if successor is not None:
        successor = Unit.objects.select_for_update().get(pk=successor.pk)
        if successor.closed_at is not None or successor.path.startswith(unit.path):
            raise NoSuccessor
        organisation_queries.demand(by, "edit_units", successor)
    stops = what_stops(hangs_on(unit, successor=successor, at=at), has_successor=successor is not None)
    if stops:
        raise StillHanging(what=counted(stops))
    for app in APPS:
        app.hand_over(unit=unit, successor=successor, by=by, at=at)
    return organisation_actions.close_unit(unit=unit, successor=successor, by=by, at=at)


def keys() -> set[str]:
    """Every foreign key that leads to a unit, as the apps declare them."""
    return {key for app in APPS for key in app.KEYS}
