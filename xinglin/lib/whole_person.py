"""What a whole person is made of: the shapes in which each app's `person.py` answers for what it holds of somebody.

`office` asks every app, from the top of the house to the bottom. An app's `person.py` has `KEYS`, and of the functions
below those that it needs; what an app does not hold it need not speak of.

    KEYS                           every foreign key that leads to somebody, and what it means
    export(who, at)                all that the app knows of them, to be read by them
    open_things(who, at)           what is not finished; `blocks` says that an erasure has to wait for it
    erase(who, by, at)             end what is open, and empty whatever says who they are
    moves(kept, gone)              what a merge would move, for the preview
    obstacles(kept, gone, at)      what a merge would have to wait for
    merge(kept, gone, by, at)      move it
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

ERASED = "（已注销）"  # where a page or a text would say a name


class Key(Enum):
    """What a foreign key that leads to somebody means."""

    OWN = "own"  # the row is theirs, and so is whatever leads to it
    HAND = "hand"  # it names whose hand did something: kept, by code, as the trail keeps it
    ASIDE = "aside"  # it leads to a row of the kind that people have, and this one is nobody's


@dataclass(frozen=True)
class Whole:
    """A human being as the apps know them: the account, the person, and the volunteer if they became one.

    Some apps are also asked about an account that no person stands behind.
    """

    user: Any
    person: Any
    volunteer: Any = None
    numbers: tuple[str, ...] = ()  # phone and document in full, where somebody asks what a text says of them

    @property
    def name(self) -> str:
        """By which a text may speak of them; a single character speaks of nobody, and is none."""
        name = str(getattr(self.person, "name", "") or self.user.name)
        return name if len(name) > 1 else ""


@dataclass(frozen=True)
class Section:
    """A part of an export: rows of plain values under names for machines, and what these are called on a page."""

    name: str
    title: Any
    labels: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class OpenThing:
    """Something of a person that is not finished. What does not block is ended by the erasure, as `then` says."""

    what: Any
    then: Any
    blocks: bool = False


@dataclass(frozen=True)
class Moved:
    """Rows of one kind that a merge moves, how many minutes with them, and what stays behind because it was double."""

    what: Any
    count: int
    minutes: int = 0
    doubled: int = 0
    note: Any = ""


def emptied(model: type[models.Model], *, keep: Collection[str] = ()) -> dict[str, Any]:
    """Values for `update()` that empty every field which can say something of somebody, but for those named.

    A field that comes later is emptied as well, without anybody thinking of it. Numbers, moments, truth values and keys
    say nothing by themselves and stay; a day that may be empty, such as a birthday, goes.
    """
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        if one.name in keep or one.primary_key or one.is_relation or getattr(one, "generated", False):
            continue
        if isinstance(one, models.CharField | models.TextField | models.FileField):
            values[one.name] = None if one.null else ""
        elif isinstance(one, ArrayField):
            values[one.name] = None if one.null else []
        elif isinstance(one, models.JSONField):
            values[one.name] = None if one.null else {}
        elif isinstance(one, models.BinaryField):
            values[one.name] = None if one.null else b""
        elif isinstance(one, models.DateField) and not isinstance(one, models.DateTimeField) and one.null:
            values[one.name] = None
    return values
