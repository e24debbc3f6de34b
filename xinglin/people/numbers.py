"""Volunteer numbers: taken from a sequence, so that two who take at once never get the same."""

from __future__ import annotations

from django.db import connection

from xinglin.people import rules


def take(count: int) -> list[str]:
    """The next `count` numbers. A number once taken is not given again, even if the transaction fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_volunteer_number') FROM generate_series(1, %s)", [count])
        return [rules.number_said(row[0]) for row in cursor.fetchall()]
