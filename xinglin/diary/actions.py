"""Booking a person's time, and giving it back. The database refuses what overlaps."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg.errors import ExclusionViolation

from xinglin.diary import queries
from xinglin.diary.errors import AlreadyBusy
from xinglin.diary.models import Commitment
from xinglin.people.models import Person


@transaction.atomic
def book(*, person: Person, starts_at: dt.datetime, ends_at: dt.datetime, source: str) -> Commitment:
    """Write a commitment into the person's diary, or refuse because another one overlaps. Twice is once."""
    span = DateTimeTZRange(starts_at, ends_at)
    # Bookings of one person go one after the other: two overlapping inserts would wait for each other for ever.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    standing = Commitment.objects.filter(source=source, released_at__isnull=True).first()
    if standing is not None:
        assert (standing.person_id, standing.span) == (person.pk, span), "one source books one person's one span"
        return standing
    try:
        with transaction.atomic():
            return Commitment.objects.create(person=person, span=span, source=source)
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
    busy = queries.commitments_of(person, starts_at, ends_at)[0]
    raise AlreadyBusy(starts_at=busy.span.lower, ends_at=busy.span.upper)


def release(*, source: str, at: dt.datetime) -> bool:
    """Give the time of this source back. The row stays; False says that there was nothing left to release."""
    return bool(Commitment.objects.filter(source=source, released_at__isnull=True).update(released_at=at))


def release_many(*, sources: list[str], at: dt.datetime) -> int:
    """Give back the time of all these sources at once, as when a shift is called off."""
    return Commitment.objects.filter(source__in=sources, released_at__isnull=True).update(released_at=at)
