"""The plain rival of `search.py`, frozen: the same question of the same tables, each condition as `ILIKE '%…%'`.

As one writes it first: the same people in reach, in the same order, with the same rows for the page; what is asked for
is looked for as text, in the columns where it stands, or – pinyin, initials, telephone, stars – in a table beside them
that holds them in the clear. No index helps that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

PER_PAGE = 50
TABLE = (
    "CREATE TABLE plain (number text PRIMARY KEY, pinyin text NOT NULL, initials text NOT NULL, phone text NOT NULL,"
    " team text NOT NULL, specialities text NOT NULL, qualifications text NOT NULL, gates text NOT NULL,"
    " stars text NOT NULL)"
)
COLUMNS = {"name": "people_person.name", "number": "people_volunteer.number", "state": "people_volunteer.state"}


def fill(rows: Iterable[tuple[str, ...]]) -> None:
    """The table beside."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("VACUUM ANALYZE plain")


def find(user: Any, conditions: dict[str, str]) -> list[Any]:
    """Column → what it must hold somewhere."""
    from django.contrib.postgres.expressions import ArraySubquery
    from django.db.models import Exists, OuterRef

    from xinglin.organisation import queries as organisation
    from xinglin.people.models import Membership, Volunteer

    units = organisation.units_where(user, "see_people")
    current = Membership.objects.filter(volunteer=OuterRef("pk"), left_on__isnull=True)
    beside = set(conditions) - set(COLUMNS)
    found = Volunteer.objects.filter(Exists(current.filter(unit__in=units))).order_by("number")
    found = found.select_related("person").extra(
        tables=["plain"] if beside else [],
        where=["plain.number = people_volunteer.number"] * bool(beside)
        + [f"{COLUMNS.get(column, f'plain.{column}')} ILIKE %s" for column in conditions],
        params=[f"%{value}%" for value in conditions.values()],
    )
    teams = ArraySubquery(current.order_by("joined_on", "pk").values("unit__name"))
    shown = ("number", "person__name", "state", "joined_on", "person__user__phone_sealed", teams)
    return list(found.values_list(*shown)[: PER_PAGE + 1])
