"""Caches know their city: the same key in two cities is two entries."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from xinglin.cities import current


def key_in_city(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: the schema comes first, so no key of one city is found from another."""
    return f"{current.schema()}:{key_prefix}:{version}:{key}"


def keep_content_types_apart() -> None:
    """Django remembers content types per process, but their row numbers may differ from city to city."""
    ContentType.objects._cache = _PerCity()  # type: ignore[attr-defined]


class _PerCity(dict[str, Any]):
    """Django asks by the name of the database; the answer is kept by database and schema."""

    def __getitem__(self, using: str) -> Any:
        return super().__getitem__(_key(using))

    def setdefault(self, using: str, default: Any = None) -> Any:
        return super().setdefault(_key(using), default)


def _key(using: str) -> str:
    return f"{using}:{current.schema()}"
