"""What would be left behind if a unit became one of another kind: the apps above know, and register here."""

from __future__ import annotations

from collections.abc import Callable

from xinglin.organisation.hanging import Hanging
from xinglin.organisation.models import Unit

LeftBehind = Callable[[Unit, str], list[Hanging]]
_asked: dict[str, LeftBehind] = {}


def ask(name: str, what: LeftBehind) -> None:
    """Before a unit becomes of another kind, `what(unit, kind)` says what of its app has no place in such a unit."""
    _asked[name] = what


def left_behind(unit: Unit, kind: str) -> list[Hanging]:
    """All that has no place in a unit of that kind."""
    return [thing for name in sorted(_asked) for thing in _asked[name](unit, kind)]
