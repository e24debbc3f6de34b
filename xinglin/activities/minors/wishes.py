"""A child's wish comes true: the guardian nods, and the place is taken in the same breath."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.activities import actions
from xinglin.activities.models import Post
from xinglin.people import guardians
from xinglin.people.models import Volunteer, Wish


@transaction.atomic
def grant(*, wish: Wish, volunteer: Volunteer, post: Post, by: Any, at: dt.datetime) -> Wish:
    """The guardian says yes, and the child has the place; where there is none, the wish goes on waiting.

    Twice is once, and whoever of two guardians is first has decided.
    """
    decided = guardians.decide(wish=wish, grant=True, by=by, at=at)
    if decided.is_granted and decided.decided_at == at and decided.decided_by_id == by.pk:
        actions.take_shift(volunteer=volunteer, post=post, by=by, at=at)
    return decided
