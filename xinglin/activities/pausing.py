"""Somebody is suspended: places in shifts to come are given back; they, their guardians and the leaders hear of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinglin.activities import person, queries, recording, telling
from xinglin.activities.minors import asking as minors
from xinglin.activities.models import Attendance, Signup
from xinglin.diary import actions as diary
from xinglin.lib.clock import local_day
from xinglin.lib.whole_person import Whole
from xinglin.people import duty
from xinglin.people.models import Volunteer


def give_back(*, volunteer: Volunteer, by: Any, at: dt.datetime) -> int:
    """Give back what begins before they are on duty again; answers how many. Whoever has come meanwhile is serving.

    The caller holds the volunteer, so nothing is taken meanwhile.
    """
    who = Whole(volunteer.person.user, volunteer.person, volunteer)
    given = [signup for signup in person.to_come(who, at) if _give_back(signup, volunteer, by=by, at=at)]
    for signup in given:
        telling.went_with_suspension(signup, at=at)
    telling.given_back(given, at=at)
    return len(given)


def _give_back(found: Signup, volunteer: Volunteer, *, by: Any, at: dt.datetime) -> bool:
    if not duty.is_off(volunteer, on=local_day(found.shift.starts_at), at=at):
        return False
    signup = queries.locked_signup(found)
    if signup.state != Signup.State.TAKEN or Attendance.objects.filter(signup=signup).exists():
        return False
    signup.state, signup.cancelled_at = Signup.State.CANCELLED, at  # never late: it was not theirs to say earlier
    signup.save(update_fields=["state", "cancelled_at"])
    diary.release(source=signup.source, at=at)
    minors.let_go_alone(signup, at=at)
    recording.note(signup, "gave_back_on_suspension", by=by, at=at)
    return True
