"""May whoever holds a place serve on its day? Asked when they come, and of a list so that somebody sees to it before.

A gate that shuts takes no place away. But whoever has been suspended, is covered no longer, or lacks a paper that the
service asks for cannot be checked in until it is mended (decision 0020).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from xinglin.activities import rules
from xinglin.activities.models import Shift, Signup
from xinglin.lib.clock import local_day
from xinglin.organisation import queries as organisation
from xinglin.people import duty
from xinglin.people import queries as people
from xinglin.people.models import Volunteer
from xinglin.people.vetting import gates
from xinglin.people.vetting import rules as vetting_rules

# Whoever holds a place was reviewed, and signed the agreement as it stood when they took it: a new version of the text
# is asked for at the next sign-up.
SETTLED = ("review", "agreement")


@dataclass(frozen=True)
class Lack:
    """What keeps somebody from serving: codes as `people.duty` names them."""

    codes: tuple[str, ...]

    @property
    def is_off_duty(self) -> bool:
        return duty.OFF_DUTY in self.codes

    def __str__(self) -> str:
        return duty.said(self.codes)


def lack_of(signup: Signup, *, at: dt.datetime) -> Lack | None:
    """What one of them lacks."""
    return lacks_of([signup], at=at).get(signup.pk)


def lacks_ahead(shift: Shift, signups: Collection[Signup], *, at: dt.datetime) -> dict[int, Lack]:
    """For a list of a shift that is not over: of those who are still to come. What was, is not asked again."""
    if shift.state != Shift.State.OPEN or at >= shift.ends_at:
        return {}
    for signup in signups:
        signup.shift = shift
    return lacks_of([signup for signup in signups if not hasattr(signup, "attendance")], at=at)


def lacks_of(signups: Collection[Signup], *, at: dt.datetime) -> dict[int, Lack]:
    """What each lacks as things stand at a moment, by the key of the sign-up; who lacks nothing is not among them.

    In a handful of statements for however many, and read anew: a page may have read the volunteers long before.
    """
    if not signups:
        return {}
    wanted = _wanted(signups, at=at)
    volunteers = Volunteer.objects.in_bulk({signup.volunteer_id for signup in signups})
    passed = gates.passes_of(volunteers, {gate for of_one in wanted.values() for gate in of_one}, at=at)
    skilled = {signup.volunteer_id for signup in signups if signup.post.requires}
    licences = people.licences_of(skilled) if skilled else {}
    found = {}
    for signup in signups:
        volunteer, on = volunteers[signup.volunteer_id], local_day(signup.shift.starts_at)
        is_able = not signup.post.requires or signup.post.requires in people.abilities(
            volunteer, licences.get(volunteer.pk, []), on=on
        )
        codes = rules.lacking(
            is_off_duty=duty.is_off(volunteer, on=on, at=at),
            hurdles=vetting_rules.hurdles(wanted[signup.pk], passed[volunteer.pk], on=on),
            is_able=is_able,
        )
        if codes:
            found[signup.pk] = Lack(codes)
    return found


def _wanted(signups: Collection[Signup], *, at: dt.datetime) -> dict[int, list[str]]:
    """The gates that each one's service asks for, but for those that are settled."""
    values = organisation.policy_values(
        gates.POLICIES, {signup.shift.activity.project.unit for signup in signups}, at=at
    )
    found = {}
    for signup in signups:
        activity = signup.shift.activity
        asked = gates.needed_by(values[activity.project.unit_id], activity.kinds_of_service)
        found[signup.pk] = [gate for gate in asked if gate not in SETTLED]
    return found
