"""The verbs of the organisation: open a unit, grant and end a role, set a policy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import policies, queries, rules
from xinglin.organisation.errors import (
    LastAdministrator,
    NameTaken,
    PolicyInThePast,
    PolicySetAlready,
    RoleEndedAlready,
    RoleHeldAlready,
    UnitClosed,
)
from xinglin.organisation.models import Policy, Role, Unit


@transaction.atomic
def add_unit(
    *, name: str, kind: str, parent: Unit | None = None, division_code: str = "", actor: Any, at: dt.datetime
) -> Unit:
    """Open a unit below another, or as the root of a city. `actor` is None when a command lays the tree."""
    if parent is not None and parent.closed_at is not None:
        raise UnitClosed
    if Unit.objects.filter(name=name, closed_at__isnull=True).exists():
        raise NameTaken(name=name)
    unit = Unit(name=name, kind=kind, division_code=division_code, opened_at=at)
    if parent is None:
        Unit.objects.add_root(instance=unit)
    else:
        # treebeard counts children on the row it is given: read it anew, or two children would get one path.
        Unit.objects.add_child(Unit.objects.select_for_update().get(pk=parent.pk), instance=unit)
    audit.record(actor=actor, verb="added_unit", thing=f"unit:{unit.code}", unit_path=unit.path, at=at)
    return unit


@transaction.atomic
def grant_role(*, user: Any, unit: Unit, name: str, granted_by: Any, at: dt.datetime) -> Role:
    """Give `user` a role at a unit and so over all below it. Only a command (`granted_by=None`) need not ask."""
    if granted_by is not None:
        queries.demand(granted_by, rules.verb_to_grant(name), unit)
    if unit.closed_at is not None:
        raise UnitClosed
    try:
        with transaction.atomic():
            role = Role.objects.create(user=user, unit=unit, name=name, granted_by=granted_by, starts_at=at)
    except IntegrityError as taken:  # the constraint role_held_once decides, also between two who grant at once
        raise RoleHeldAlready(role=Role.Name(name).label) from taken
    _record(granted_by, "granted_role", role, at)
    return role


@transaction.atomic
def end_role(*, role: Role, ended_by: Any, at: dt.datetime) -> Role:
    """Take a role back. What was done under it stays done."""
    if ended_by is not None:
        queries.demand(ended_by, rules.verb_to_grant(role.name), role.unit)
    # All administrators are locked in one order, so that two of them cannot end each other at the same moment.
    administrators = list(
        Role.objects.select_for_update(of=("self",))
        .filter(name=rules.ADMINISTRATOR, ends_at__isnull=True)
        .select_related("unit", "user")
        .order_by("pk")
    )
    role = Role.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=role.pk)
    if role.ends_at is not None:
        raise RoleEndedAlready
    if role.name == rules.ADMINISTRATOR and not _someone_else_reaches(role, administrators):
        raise LastAdministrator
    role.ends_at = at
    role.save(update_fields=["ends_at"])
    _record(ended_by, "ended_role", role, at)
    return role


@transaction.atomic
def set_policy(*, unit: Unit, name: str, value: Any, set_by: Any, starts_at: dt.datetime, at: dt.datetime) -> Policy:
    """Set a policy at a unit and all below it from a moment on. Older versions stay: they ruled their own days."""
    if set_by is not None:
        queries.demand(set_by, "set_policy", unit)
    if starts_at < at:
        raise PolicyInThePast
    value = policies.checked(name, value)
    before = queries.policy(name, unit, at=at)
    try:
        with transaction.atomic():
            policy = Policy.objects.create(unit=unit, name=name, value=value, starts_at=starts_at, set_by=set_by)
    except IntegrityError as taken:
        raise PolicySetAlready from taken
    facts = {"policy": name, "before": before, "after": value, "starts_at": starts_at.isoformat()}
    audit.record(actor=set_by, verb="set_policy", thing=f"unit:{unit.code}", unit_path=unit.path, facts=facts, at=at)
    return policy


def _someone_else_reaches(role: Role, administrators: list[Role]) -> bool:
    chain = rules.chain_of(role.unit.path, step=Unit.steplen)
    return any(
        other.pk != role.pk and other.user_id != role.user_id and other.user.is_active and other.unit.path in chain
        for other in administrators
    )


def _record(actor: Any, verb: str, role: Role, at: dt.datetime) -> None:
    facts = {"role": role.name, "user": role.user.code}
    thing = f"unit:{role.unit.code}"
    audit.record(actor=actor, verb=verb, thing=thing, unit_path=role.unit.path, facts=facts, at=at)
