"""Where help is wanted near a volunteer. The phone is not asked where it is: near where they served last, or live."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xinglin.activities import queries
from xinglin.activities.models import Activity, Attendance, Shift
from xinglin.lib import geo
from xinglin.people.models import Volunteer

LOOKED_AT = 80  # the soonest open shifts; among them the nearest come first


@dataclass(frozen=True)
class Near:
    """An open shift and how far it is from where the volunteer served last; None where that is not known."""

    shift: Shift
    distance_m: int | None


def open_shifts_near(volunteer: Volunteer, *, at: dt.datetime, count: int) -> list[Near]:
    """The nearest of the soonest shifts that this volunteer can take: by metres, then by township, then by time."""
    last = _place_of_last_service(volunteer)
    home = last.township if last is not None and last.township else volunteer.person.township
    found = [
        Near(shift, _distance_m(last, shift.activity))
        for shift in queries.open_shifts(at=at, volunteer=volunteer)[:LOOKED_AT]
    ]
    found.sort(key=lambda near: (near.shift.activity.township != home if home else False, near.distance_m or 0))
    return found[:count]


def _place_of_last_service(volunteer: Volunteer) -> Activity | None:
    latest = Attendance.objects.filter(signup__volunteer=volunteer).select_related("signup__shift__activity")
    found = latest.order_by("-came_at").first()
    return found.signup.shift.activity if found is not None else None


def _distance_m(last: Activity | None, activity: Activity) -> int | None:
    if last is None or last.point is None or activity.point is None:
        return None
    return round(geo.distance_m(last.point, activity.point))
