"""COPY, PostgreSQL's own way of taking in many rows: values made into its text form, and ids drawn in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NOTHING = "\\N"


def copy_in(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Write lines, each as `line` makes them, past the same constraints and triggers as any other row."""
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(column) for column in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN") as written,
    ):
        written.write("".join(lines))


def line(*cells: str) -> str:
    """One row of COPY's text form, of cells that are in it already."""
    return "\t".join(cells) + "\n"


def text(value: str) -> str:
    """Any text as a cell."""
    return value.translate(_ESCAPED) if "\\" in value or not value.isprintable() else value


def binary(value: bytes | None) -> str:
    """Bytes as a cell; None is null."""
    return NOTHING if value is None else "\\\\x" + value.hex()


def day(value: dt.date | None) -> str:
    """A day as a cell; None is null."""
    return NOTHING if value is None else value.isoformat()


def words(values: Iterable[str]) -> str:
    """An array of short codes as a cell; they hold neither commas nor quotes."""
    return "{" + ",".join(values) + "}"


def draw_ids(table: str, count: int) -> list[int]:
    """Ids for rows to come, so that other rows can name them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        found: list[Any] = cursor.fetchall()
    return [number for (number,) in found]
