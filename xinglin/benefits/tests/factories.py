"""Benefits and vouchers for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.benefits import actions
from xinglin.benefits.models import Benefit, Voucher
from xinglin.organisation.models import Unit

_numbers = count(1)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def make_benefit(*, unit: Unit, stock: int | None = None, at: dt.datetime = LONG_AGO, **terms: Any) -> Benefit:
    """Something for an hour, as often as one likes, unless told otherwise."""
    said = {
        "title": f"急救课第{next(_numbers)}席",
        "kind": Benefit.Kind.LEARNING,
        "description": "半天学会心肺复苏。",
        "provider": "急救培训基地",
        "where_to_use": "培训基地，周六上午",
        "price_minutes": 60,
        "level": 0,
        "privilege": None,
        "quota": None,
        "period": Benefit.Period.YEAR,
        "voucher_days": 30,
        "starts_at": at,
        "ends_at": None,
    }
    return actions.add_benefit(unit=unit, stock=stock, by=None, at=at, **(said | terms))


def make_voucher(benefit: Benefit, volunteer: Any, *, at: dt.datetime = NOON) -> Voucher:
    """A voucher redeemed by the action itself: the person must have the minutes."""
    return actions.redeem(benefit=benefit, user=volunteer.person.user, request=f"r{next(_numbers)}", at=at)
