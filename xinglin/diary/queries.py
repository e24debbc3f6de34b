"""Reading the diary."""

from __future__ import annotations

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from xinglin.diary.models import Commitment
from xinglin.people.models import Person


def commitments_of(person: Person, starts_at: dt.datetime, ends_at: dt.datetime) -> QuerySet[Commitment]:
    """What stands in this person's diary between two moments, earliest first."""
    standing = Commitment.objects.filter(person=person, released_at__isnull=True)
    return standing.filter(span__overlap=DateTimeTZRange(starts_at, ends_at)).order_by("span")
