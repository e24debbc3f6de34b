"""What a unit is known for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import queries
from xinglin.organisation.errors import BrandTaken, UnitClosed
from xinglin.organisation.models import Brand, Unit


@transaction.atomic
def add_brand(*, unit: Unit, name: str, leader: str, story: str, by: Any, at: dt.datetime) -> Brand:
    """Give a unit a brand: a name, who leads it, its story. All of it is public."""
    if by is not None:
        queries.demand(by, "describe_unit", unit)
    if unit.closed_at is not None:
        raise UnitClosed
    try:
        with transaction.atomic():
            brand = Brand.objects.create(
                unit=unit, name=name.strip(), leader=leader.strip(), story=story.strip(), since=at
            )
    except IntegrityError as taken:
        raise BrandTaken(name=name.strip()) from taken
    _record(by, "added_brand", brand, at)
    return brand


@transaction.atomic
def end_brand(*, brand: Brand, by: Any, at: dt.datetime) -> Brand:
    """Take a brand off the unit's page. Ending it twice is once."""
    queries.demand(by, "describe_unit", brand.unit)
    if Brand.objects.filter(pk=brand.pk, ended_at__isnull=True).update(ended_at=at):
        _record(by, "ended_brand", brand, at)
    return brand


def _record(by: Any, verb: str, brand: Brand, at: dt.datetime) -> None:
    thing, facts = f"unit:{brand.unit.code}", {"brand": brand.code}
    audit.record(actor=by, verb=verb, thing=thing, unit_path=brand.unit.path, facts=facts, at=at)
