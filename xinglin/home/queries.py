"""What the first pages show: the desk's to-do list, the volunteer's own day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Value

from xinglin.home.rules import Todo, in_order
from xinglin.home.waiting import KINDS

MOST = 200  # a desk with more than this waiting needs helpers, not a longer page


def todos(user: Any, *, at: dt.datetime) -> list[Todo]:
    """Everything that waits for a decision of this user, longest wait first; each source scopes to the asker."""
    nothing = _nothing_of(user, at=at)
    kinds = (kind for kind in KINDS if kind.name not in nothing)
    return in_order([todo for kind in kinds for todo in kind.waiting(user, at=at, most=MOST)])


def _nothing_of(user: Any, *, at: dt.datetime) -> set[str]:
    """Kinds of which nothing at all waits in the house: each desk page counts what waits, and these mostly do not."""
    asked = {kind.name: rows for kind in KINDS if (rows := kind.seldom(user, at=at)) is not None}
    first, *rest = [rows.order_by().annotate(of=Value(name)).values_list("of")[:1] for name, rows in asked.items()]
    return asked.keys() - {name for (name,) in first.union(*rest, all=True)}


def database_answers() -> bool:
    """Does the database answer? For the health page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())
