"""Coming back by the clock: a suspension that was given an end is over on that day, and its volunteer hears of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from xinglin.lib import clock
from xinglin.notices import actions as notices
from xinglin.people import actions
from xinglin.people.models import Submission, Volunteer
from xinglin.people.vetting.submissions import OPEN

LARGEST_ROUND = 500


def turn(*, at: dt.datetime, limit: int = LARGEST_ROUND) -> int:
    """Take up to `limit` back on duty whose day has come; answers how many."""
    due = Volunteer.objects.filter(state=Volunteer.State.SUSPENDED, returns_on__lte=clock.local_day(at))
    back = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            held = Volunteer.objects.select_for_update(of=("self",)).select_related("person__user")
            volunteer = held.filter(pk__in=due, pk=pk).first()
            if volunteer is not None:  # nobody was quicker, and the day was not put off
                _take_back(volunteer, at=at)
                back += 1
    return back


def _take_back(volunteer: Volunteer, *, at: dt.datetime) -> None:
    """What they had asked for in the meantime is answered by the day itself."""
    day = volunteer.returns_on
    assert day is not None, "only those with a day are due"
    actions.resume(volunteer=volunteer, by=None, at=at)
    asked = volunteer.submissions.filter(what=Submission.What.RETURN, state__in=OPEN)
    asked.update(state=Submission.State.WITHDRAWN)
    source = f"volunteer:{volunteer.number}:returned:{day.isoformat()}"
    notices.tell(user=volunteer.person.user, kind="suspension_over", source=source, at=at)
