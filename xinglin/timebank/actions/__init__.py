"""The verbs of the time bank. Nothing else in the house writes minutes."""

from __future__ import annotations

from xinglin.timebank.actions.crediting import credit_service, take_back_service
from xinglin.timebank.actions.debts import ask_to_forgive, decline_to_forgive, forgive
from xinglin.timebank.actions.holds import expire_holds, hold, release, settle
from xinglin.timebank.actions.orders import hold_for_order, settle_order, take_back_order
from xinglin.timebank.actions.posting import post, reverse
from xinglin.timebank.actions.rolling_up import roll_up

__all__ = [
    "ask_to_forgive",
    "credit_service",
    "decline_to_forgive",
    "expire_holds",
    "forgive",
    "hold",
    "hold_for_order",
    "post",
    "release",
    "reverse",
    "roll_up",
    "settle",
    "settle_order",
    "take_back_order",
    "take_back_service",
]
