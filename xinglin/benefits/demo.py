"""Star schemes, privileges and benefits of the demo city, from a file; loading it again adds only what is missing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from xinglin.benefits import actions
from xinglin.benefits.models import Benefit
from xinglin.organisation.models import Unit
from xinglin.recognition import actions as recognition
from xinglin.recognition.models import Privilege, Scheme


@transaction.atomic
def plant(*, file: Path, places: Mapping[str, str], at: dt.datetime) -> int:
    """Load the file; returns how many benefits there are now. It says bureau and hospital: `places` names the units."""
    said = json.loads(file.read_text(encoding="utf-8"))
    units = {place: Unit.objects.get(name=places[place]) for place in {one["unit"] for one in said["benefits"]}}
    for scheme in said["schemes"]:
        _scheme(units[scheme["unit"]], scheme, at=at)
    for privilege in said["privileges"]:
        _privilege(units[privilege["unit"]], privilege, at=at)
    for benefit in said["benefits"]:
        _benefit(units[benefit["unit"]], benefit, at=at)
    return Benefit.objects.count()


def _scheme(unit: Unit, said: dict[str, Any], *, at: dt.datetime) -> None:
    if not Scheme.objects.filter(unit=unit).exists():
        recognition.set_scheme(
            unit=unit, name=said["name"], hours_per_star=said["hours"], starts_at=at, set_by=None, at=at
        )


def _privilege(unit: Unit, said: dict[str, Any], *, at: dt.datetime) -> None:
    if not Privilege.objects.filter(unit=unit, title=said["title"]).exists():
        recognition.add_privilege(
            unit=unit, level=said["level"], title=said["title"], note=said["note"], by=None, at=at
        )


def _benefit(unit: Unit, said: dict[str, Any], *, at: dt.datetime) -> None:
    if Benefit.objects.filter(unit=unit, title=said["title"]).exists():
        return
    same = ("title", "kind", "description", "provider", "where_to_use", "quota", "period", "voucher_days")
    privilege = Privilege.objects.get(unit=unit, title=said["privilege"]) if "privilege" in said else None
    actions.add_benefit(
        unit=unit,
        stock=said["stock"],
        by=None,
        at=at,
        **{name: said[name] for name in same},
        price_minutes=said.get("minutes", 60 * said.get("hours", 0)),
        level=said.get("level", 0),
        privilege=privilege,
        starts_at=at,
        ends_at=None,
    )
