"""Units that carry a team together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import queries, telling
from xinglin.organisation.errors import JointAlready, MovedBelowItself, UnitClosed
from xinglin.organisation.models import Joint, Unit


@transaction.atomic
def add_joint(*, unit: Unit, parent: Unit, by: Any, at: dt.datetime) -> Joint:
    """Let another unit carry this one too: whoever has a role there reaches it from now on.

    The unit's own side decides it, for it is its people whom others will see; the other side is told.
    """
    if by is not None:
        queries.demand(by, "edit_units", unit)
    if unit.closed_at is not None or parent.closed_at is not None:
        raise UnitClosed
    if parent.path.startswith(unit.path):
        raise MovedBelowItself
    if unit.path.startswith(parent.path):
        raise JointAlready
    try:
        with transaction.atomic():
            joint = Joint.objects.create(unit=unit, parent=parent, since=at)
    except IntegrityError as standing:
        raise JointAlready from standing
    _record(by, "added_joint", joint, at)
    if by is not None:
        telling.joined(joint, by=by, at=at)
    return joint


@transaction.atomic
def end_joint(*, joint: Joint, by: Any, at: dt.datetime) -> Joint:
    """The other unit carries it no more. Either side may say so, and both are told; ending it twice is once."""
    if not queries.may(by, "edit_units", joint.parent):
        queries.demand(by, "edit_units", joint.unit)
    if Joint.objects.filter(pk=joint.pk, ended_at__isnull=True).update(ended_at=at):
        _record(by, "ended_joint", joint, at)
        telling.parted(joint, by=by, at=at)
    return joint


def _record(by: Any, verb: str, joint: Joint, at: dt.datetime) -> None:
    thing, facts = f"unit:{joint.unit.code}", {"parent": joint.parent.code}
    audit.record(actor=by, verb=verb, thing=thing, unit_path=joint.unit.path, facts=facts, at=at)
