"""Writing a circular, reading it, taking it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.circulars.errors import CircularWithdrawn, NothingToSay
from xinglin.circulars.models import Circular, Receipt
from xinglin.organisation import queries as organisation
from xinglin.organisation.errors import UnitClosed
from xinglin.organisation.models import Unit


@transaction.atomic
def write(*, unit: Unit, audience: str, title: str, text: str, by: Any, at: dt.datetime) -> Circular:
    """Write to all below a unit. It stands on their first page until they have opened it."""
    organisation.demand(by, "write_circular", unit)
    if unit.closed_at is not None:
        raise UnitClosed
    if not title.strip() or not text.strip():
        raise NothingToSay
    circular = Circular.objects.create(
        unit=unit, audience=audience, title=title.strip(), text=text.strip(), written_by=by, written_at=at
    )
    _record("wrote_circular", circular, by=by, at=at)
    return circular


def read(*, circular: Circular, user: Any, at: dt.datetime) -> None:
    """Somebody has opened it. Opening it twice is once; whoever wrote it leaves no receipt."""
    if circular.written_by_id != user.pk:
        Receipt.objects.bulk_create([Receipt(circular=circular, user=user, read_at=at)], ignore_conflicts=True)


@transaction.atomic
def withdraw(*, circular: Circular, by: Any, at: dt.datetime) -> Circular:
    """Take it back: nobody finds it any more, the receipts stay."""
    organisation.demand(by, "write_circular", circular.unit)
    if not Circular.objects.filter(pk=circular.pk, withdrawn_at__isnull=True).update(withdrawn_at=at):
        raise CircularWithdrawn
    _record("withdrew_circular", circular, by=by, at=at)
    return circular


def _record(verb: str, circular: Circular, *, by: Any, at: dt.datetime) -> None:
    thing, path = f"circular:{circular.code}", circular.unit.path
    audit.record(actor=by, verb=verb, thing=thing, unit_path=path, facts={"audience": circular.audience}, at=at)
