"""Sessions belong to a city twice: their rows lie in its schema, and what is in them is signed with its name."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as Rows

from xinglin.cities import current


class SessionStore(Rows):
    """A row that somehow came into another city's table would open as an empty session."""

    @property
    def key_salt(self) -> str:
        return f"xinglin.sessions.{current.schema()}"
