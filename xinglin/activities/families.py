"""一家人一起报名: one of a household signs up those who let them, each by their own rules, in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from xinglin.activities import actions
from xinglin.activities.models import Post, Shift, Signup
from xinglin.lib.errors import Refusal
from xinglin.people import queries as people
from xinglin.people.households import queries as households
from xinglin.people.models import Volunteer


@dataclass
class Together:
    """Who got a place, and who did not, with the reason."""

    taken: list[Signup] = field(default_factory=list)
    refused: list[tuple[Volunteer, Refusal]] = field(default_factory=list)


@transaction.atomic
def take_together(
    *, volunteers: Sequence[Volunteer], post: Post, by: Any, at: dt.datetime, some_are_enough: bool = False
) -> Together:
    """Places for all of them; where one cannot have theirs nobody has any, unless it was said that some are enough.

    Whoever signs up comes first and children last: a young child comes only where a guardian does.
    """
    done = Together()
    post = Post.objects.select_for_update().get(pk=post.pk)
    people.hold_together(volunteers)
    for volunteer in sorted(volunteers, key=lambda one: _turn(one, by)):
        is_oneself = volunteer.person.user_id == by.pk
        try:
            with transaction.atomic():
                signup = actions.take_shift(volunteer=volunteer, post=post, by=None if is_oneself else by, at=at)
        except Refusal as refusal:
            done.refused.append((volunteer, refusal))
        else:
            done.taken.append(signup)
    if done.refused and not some_are_enough:
        done.taken = []
        transaction.set_rollback(True)
    return done


def family_of(volunteer: Volunteer | None) -> list[Volunteer]:
    """Whom this volunteer may sign up with themselves."""
    return households.whom_to_sign_up(volunteer.person) if volunteer is not None else []


def taken_by(user: Any, shift: Shift, family: Sequence[Volunteer]) -> list[Signup]:
    """Of a shift: places of the family that this user took for them, and can give back for them."""
    standing = Signup.objects.filter(shift=shift, volunteer__in=family, taken_by=user, state=Signup.State.TAKEN)
    return list(standing.select_related("volunteer__person", "post", "shift").order_by("pk"))


def already_coming(shift: Shift, volunteers: Sequence[Volunteer]) -> set[int]:
    """The keys of those who have a place in this shift."""
    standing = Signup.objects.filter(shift=shift, volunteer__in=volunteers, state=Signup.State.TAKEN)
    return set(standing.values_list("volunteer_id", flat=True))


def _turn(volunteer: Volunteer, by: Any) -> tuple[bool, dt.date, int]:
    born_on = volunteer.person.born_on or dt.date.min
    return (volunteer.person.user_id != by.pk, born_on, volunteer.pk)
