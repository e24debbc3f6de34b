"""A column of words that PostgreSQL finds by their beginnings: tsvector, filled by us, not by a parser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


class Words(models.Field):  # type: ignore[type-arg]
    """A set of words, each as it is."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"

    def get_prep_value(self, value: Iterable[str] | None) -> str | None:
        return None if value is None else " ".join(quoted(word) for word in value)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tsvector"


def beginning_with(parts: Iterable[str]) -> str:
    """A tsquery: for each part there is a word that begins with it."""
    return " & ".join(f"{quoted(part)}:*" for part in parts)


def quoted(word: str) -> str:
    """A word as tsvector and tsquery read it, whatever stands in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
