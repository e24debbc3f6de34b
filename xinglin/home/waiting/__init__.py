"""等您决定: every kind of decision that waits at the desk. Who adds a kind adds its class to `KINDS`."""

from __future__ import annotations

from xinglin.home.errors import WaitsNoLonger
from xinglin.home.waiting.applications import Applications
from xinglin.home.waiting.interviews import Interviews
from xinglin.home.waiting.kind import Choice, Kind
from xinglin.home.waiting.minutes import Forgivenesses, Minutes
from xinglin.home.waiting.moves import Moves
from xinglin.home.waiting.nods import Nods
from xinglin.home.waiting.papers import Papers
from xinglin.home.waiting.records import Records
from xinglin.home.waiting.whole_persons import Erasures, Mergings

__all__ = ["KINDS", "Choice", "Kind", "named"]

# In this order: what two kinds say of the same service is shown as the earlier one.
KINDS: tuple[Kind, ...] = (
    Applications(),
    Moves(),
    Papers(),
    Interviews(),
    Nods(),
    Records(),
    Minutes(),
    Forgivenesses(),
    Mergings(),
    Erasures(),
)


def named(name: str) -> Kind:
    """The kind of this name."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise WaitsNoLonger
