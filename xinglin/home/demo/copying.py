"""Writing many rows at once: COPY, into the same tables and past the same constraints and triggers as any other row."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb


def copy(rows: Sequence[Model]) -> None:
    """Write rows of one model; each gets its number from the table's own sequence first, so that others can name it."""
    if not rows:
        return
    options = rows[0]._meta
    # What the database fills in by itself is left to it.
    fields = [field for field in options.concrete_fields if not _is_left_out(getattr(rows[0], field.attname))]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = attrgetter(*[field.attname for field in fields])
    documents = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    with connection.cursor() as cursor:
        for row, number in zip(rows, _numbers(options.db_table, len(rows)), strict=True):
            row.pk = number
        with cursor.copy(f"COPY {connection.ops.quote_name(options.db_table)} ({columns}) FROM STDIN") as written:
            for row in rows:
                said = list(values(row))
                for place in documents:  # the driver knows how to write every other kind of value by itself
                    said[place] = Jsonb(said[place])
                written.write_row(said)
    count_anew(options.db_table)


def count_anew(*tables: str) -> None:
    """Tell the planner how large the tables have become, or it would read them as the empty ones they were."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _is_left_out(value: object) -> bool:
    return isinstance(value, DatabaseDefault)


def _numbers(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]
