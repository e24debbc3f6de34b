"""Taking somebody in: a number, a place in a unit, the role of a volunteer there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from xinglin.lib import clock
from xinglin.organisation import actions as organisation
from xinglin.organisation.models import Role, Unit
from xinglin.people.models import Membership, Person, Volunteer


def enrol(
    *,
    person: Person,
    unit: Unit,
    number: str,
    by: Any,
    at: dt.datetime,
    specialities: Sequence[str] = (),
    half_days: Sequence[str] = (),
) -> Volunteer:
    """The person is a volunteer from now on. Belongs into the transaction of whoever decided that."""
    today = clock.local_day(at)
    volunteer = Volunteer.objects.create(
        number=number,
        person=person,
        joined_on=today,
        specialities=list(specialities),
        half_days=list(half_days),
    )
    unit = organisation.keep_open(unit=unit)
    Membership.objects.create(volunteer=volunteer, unit=unit, joined_on=today)
    organisation.grant_role(user=person.user, unit=unit, name=Role.Name.VOLUNTEER, granted_by=by, at=at)
    return volunteer
