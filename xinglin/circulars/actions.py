"""Writing a circular, reading it, taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from xinglin.audit import actions as audit
from xinglin.circulars import telling
from xinglin.circulars.errors import CircularWithdrawn, NothingToSay
from xinglin.circulars.models import Circular, Receipt
from xinglin.notices import actions as notices
from xinglin.organisation import queries as organisation
from xinglin.organisation.errors import UnitClosed
from xinglin.organisation.models import Unit


@transaction.atomic
def write(
    *, unit: Unit, audience: str, title: str, text: str, by: Any, at: dt.datetime, phones: str = Circular.Phones.NOT
) -> Circular:
    """Write to all below a unit. It stands on their first page until they have opened it.

    `phones`: they are told by phone, too, that there is one; the door hands that to the job.
    """
    organisation.demand(by, "write_circular", unit)
    if unit.closed_at is not None:
        raise UnitClosed
    if not title.strip() or not text.strip():
        raise NothingToSay
    circular = Circular.objects.create(
        unit=unit,
        audience=audience,
        title=title.strip(),
        text=text.strip(),
        phones=phones,
        written_by=by,
        written_at=at,
    )
    lay_out(circulars=[circular])
    if phones:
        telling.begin(circular=circular, is_reminder=False, by=by, at=at)
    _record("wrote_circular", circular, by=by, at=at)
    return circular


def lay_out(*, circulars: Sequence[Circular]) -> None:
    """Write down which units they reach, and how these stand below each other now. Twice is once."""
    with connection.cursor() as cursor:
        for circular in circulars:
            cursor.execute(_LAY_OUT, {"circular": circular.pk, "unit": circular.unit_id, "step": Unit.steplen})


def read(*, circular: Circular, user: Any, at: dt.datetime) -> None:
    """Somebody has opened it. Opening it twice is once; whoever wrote it leaves no receipt."""
    if circular.written_by_id != user.pk:
        Receipt.objects.bulk_create([Receipt(circular=circular, user=user, read_at=at)], ignore_conflicts=True)
        notices.read_about(user=user, event=telling.event_of(circular), at=at)


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
    facts = {"audience": circular.audience} | ({"phones": circular.phones} if circular.phones else {})
    audit.record(actor=by, verb=verb, thing=thing, unit_path=path, facts=facts, at=at)


# All that stands below the unit; and what one of these carries jointly, with all below that. No chain of joints: what
# a joint team itself carries is not in the scope of its second parent either.
_LAY_OUT = """
WITH stood AS (
    SELECT id, path, left(path, -%(step)s) AS path_above FROM organisation_unit WHERE closed_at IS NULL
), own AS (
    SELECT stood.* FROM stood JOIN stood top ON starts_with(stood.path, top.path) WHERE top.id = %(unit)s
), carried AS (
    SELECT stood.*, joint.parent_id
    FROM organisation_joint joint JOIN own ON own.id = joint.parent_id JOIN stood ON stood.id = joint.unit_id
    WHERE joint.ended_at IS NULL
), below AS (
    SELECT id, path_above FROM own WHERE id <> %(unit)s
    UNION
    SELECT stood.id, stood.path_above
    FROM carried JOIN stood ON starts_with(stood.path, carried.path) AND stood.id <> carried.id
)
INSERT INTO circulars_reach (circular_id, unit_id, above_id)
SELECT %(circular)s, id, NULL::bigint FROM own WHERE id = %(unit)s
UNION SELECT %(circular)s, id, parent_id FROM carried
UNION SELECT %(circular)s, below.id, stood.id FROM below JOIN stood ON stood.path = below.path_above
ON CONFLICT DO NOTHING
"""
