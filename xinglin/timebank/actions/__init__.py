"""The verbs of the time bank. Nothing else in the house writes minutes."""

from __future__ import annotations

from xinglin.timebank.actions.crediting import credit_service, take_back_service
from xinglin.timebank.actions.holds import expire_holds, hold, release, settle
from xinglin.timebank.actions.posting import post, reverse

__all__ = ["credit_service", "expire_holds", "hold", "post", "release", "reverse", "settle", "take_back_service"]
