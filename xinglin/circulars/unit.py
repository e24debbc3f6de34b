"""What circulars hold of a unit: what it wrote stays its own, and so does what it was told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xinglin.organisation.hanging import Hanging
from xinglin.organisation.models import Unit

KEYS = {"circulars.Circular.unit", "circulars.Reach.unit", "circulars.Reach.above"}


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Nothing waits."""
    return []


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Nothing: it was written here, or reached these people."""
