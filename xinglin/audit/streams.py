"""Rows from a cursor that stays in the server: memory does not grow with the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

CHUNK = 5_000


def rows(query: str, values: Sequence[Any] = (), *, chunk: int = CHUNK) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a chunk at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values or None)
        while taken := cursor.fetchmany(chunk):
            yield from taken
