"""The verbs of the time bank. Nothing else in the house writes minutes."""

from __future__ import annotations

from xinglin.timebank.actions.holds import expire_holds, hold, release, settle
from xinglin.timebank.actions.posting import credit_service, post, reverse

__all__ = ["credit_service", "expire_holds", "hold", "post", "release", "reverse", "settle"]
