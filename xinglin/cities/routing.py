"""Which tables stand in the installation's schema, and which in each city's."""

from __future__ import annotations

from typing import Any

from xinglin.cities import current

SHARED = frozenset({"cities", "procrastinate", "office"})


class Router:
    """Asked by migrations: the shared apps' tables are made in public, all others in a city (or in the template)."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (app_label in SHARED) == (current.schema() == current.PUBLIC)
