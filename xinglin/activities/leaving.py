"""Leaving volunteering: places to come are given back and their leaders hear of it, then `people` ends the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from xinglin.activities import person, queries, recording, telling
from xinglin.activities.minors import asking as minors
from xinglin.activities.models import Attendance, Signup
from xinglin.diary import actions as diary
from xinglin.lib.whole_person import OpenThing, Whole
from xinglin.people import assisting, leaving
from xinglin.people import queries as people
from xinglin.people.errors import StillServing
from xinglin.people.models import Volunteer


@transaction.atomic
def leave(*, volunteer: Volunteer, reason: str, at: dt.datetime, by: Any = None) -> int:
    """Give back what is to come, then leave. Refused in the middle of a shift, and to whoever still leads one.

    Answers how many places were given back. Twice is once. `by`: staff, for somebody without a telephone.
    """
    if by is not None:
        assisting.demand_by(volunteer.person, by=by)
    volunteer = people.held(volunteer)
    who = _whole(volunteer)
    if any(thing.blocks for thing in person.open_things(who, at)):
        raise StillServing
    given = [signup for signup in person.to_come(who, at) if _give_back(signup, by=by, at=at)]
    leaving.leave(volunteer=volunteer, reason=reason, by=by, at=at)
    telling.given_back(given, at=at)
    return len(given)


def ahead_of(volunteer: Volunteer, *, at: dt.datetime) -> Sequence[OpenThing]:
    """What leaving would give back, and what must be finished first."""
    return person.open_things(_whole(volunteer), at)


def _give_back(signup: Signup, *, by: Any, at: dt.datetime) -> bool:
    """False: somebody else has given it back meanwhile. Whoever has come meanwhile is serving."""
    signup = queries.locked_signup(signup)
    if signup.state != Signup.State.TAKEN:
        return False
    if Attendance.objects.filter(signup=signup).exists():
        raise StillServing
    signup.state, signup.cancelled_at = Signup.State.CANCELLED, at
    signup.cancelled_late = queries.is_late_cancel(signup, at=at)
    signup.save(update_fields=["state", "cancelled_at", "cancelled_late"])
    diary.release(source=signup.source, at=at)
    minors.let_go_alone(signup, at=at)
    recording.note(signup, "gave_back_on_leaving", by=by or signup.volunteer.person.user, at=at)
    return True


def _whole(volunteer: Volunteer) -> Whole:
    return Whole(volunteer.person.user, volunteer.person, volunteer)
