"""Which city one is in: the one truth that connections, keys, caches, files, jobs and logs follow.

A request, a job or a command *enters* a city and leaves it again. Nothing else says where one is: a database connection
compares itself with this before each statement, so that none can stay behind in a city after being handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

PUBLIC = "public"  # what belongs to the installation: cities, job queue, operators
TEMPLATE_SCHEMA = "_template"  # an empty city that is always migrated; new cities are copies of it
PREFIX = "city_"


@dataclass(frozen=True)
class Place:
    """A schema that is no city: the template, or one that is just being made."""

    schema_name: str


TEMPLATE = Place(TEMPLATE_SCHEMA)
UNSAID: Any = object()
_inside: ContextVar[Any] = ContextVar("city", default=UNSAID)
_home: Any = None


def city() -> Any:
    """The city one is in, or None: in the halls of the installation, where no table of a city is seen."""
    inside = _inside.get()
    return _home if inside is UNSAID else inside


def demand() -> Any:
    """The city one is in; outside of all it is a mistake to ask."""
    here = city()
    assert here is not None, "this belongs to a city, and none was entered"
    return here


def schema() -> str:
    """The schema in which unqualified tables are looked up first."""
    here = city()
    return here.schema_name if here is not None else PUBLIC


def slug() -> str:
    """The city's short word, for folders, logs and keys of caches; `-` outside of all."""
    here = city()
    return slug_of(here.schema_name) if here is not None else "-"


def slug_of(schema_name: str) -> str:
    return schema_name.removeprefix(PREFIX)


@contextmanager
def entered(place: Any) -> Iterator[Any]:
    """Be in `place` for a while, and then again where one was before. None is outside of all cities."""
    before = _inside.set(place)
    try:
        yield place
    finally:
        _inside.reset(before)


def outside() -> Any:
    """Be in no city for a while."""
    return entered(None)


def make_home(place: Any) -> None:
    """Where all threads of this process are, unless they enter somewhere else: for commands, which serve one city."""
    global _home
    _home = place
