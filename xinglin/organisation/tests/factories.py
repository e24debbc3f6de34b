"""Units and roles for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from xinglin.organisation.models import Role, Unit

_numbers = count(1)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def make_unit(*, name: str | None = None, kind: str = "team", parent: Unit | None = None, **fields: Any) -> Unit:
    unit = Unit(name=name or f"第{next(_numbers)}队", kind=kind, opened_at=LONG_AGO, **fields)
    if parent is None:
        return Unit.objects.add_root(instance=unit)
    return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), instance=unit)


def make_role(*, user: Any, unit: Unit, name: str, starts_at: dt.datetime = LONG_AGO) -> Role:
    return Role.objects.create(user=user, unit=unit, name=name, starts_at=starts_at)
