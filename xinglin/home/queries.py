"""What the first pages show: the desk's to-do list, the volunteer's own day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from xinglin.home.rules import Todo, in_order
from xinglin.home.waiting import KINDS

MOST = 200  # a desk with more than this waiting needs helpers, not a longer page


def todos(user: Any, *, at: dt.datetime) -> list[Todo]:
    """Everything that waits for a decision of this user, longest wait first; each source scopes to the asker."""
    return in_order([todo for kind in KINDS for todo in kind.waiting(user, at=at, most=MOST)])


def database_answers() -> bool:
    """Does the database answer? For the health page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())
