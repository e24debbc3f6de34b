"""Notices for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.accounts import actions as accounts
from xinglin.notices import actions
from xinglin.notices.models import Delivery, Notice

_numbers = count(1)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
SHIFT = {
    "what": "门诊导诊",
    "starts_at": "2026-11-25T01:00:00+00:00",
    "ends_at": "2026-11-25T04:00:00+00:00",
    "code": "8F3KQ2TM",
}


def make_user(*, name: str = "林晓", phone: str | None = None) -> Any:
    """Somebody with a phone of their own."""
    number = next(_numbers)
    return accounts.register(
        login_name=f"V77{number:04d}", name=name, phone=phone or f"1377000{number:04d}", at=NOON - dt.timedelta(days=9)
    )


def told(user: Any, kind: str = "shift_called_off", *, at: dt.datetime = NOON, **values: Any) -> Notice:
    """One notice by the action itself."""
    source = f"shift:{next(_numbers)}"
    actions.tell(user=user, kind=kind, source=source, values=SHIFT | values, at=at)
    return Notice.objects.get(user=user, source=source)


def delivery_of(notice: Notice, channel: str = "sms") -> Delivery:
    """How it stands by one channel."""
    return Delivery.objects.get(notice=notice, channel=channel)
