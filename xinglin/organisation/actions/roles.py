"""Roles are granted, for a time or until further notice, and end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from xinglin.accounts.models import User
from xinglin.audit import actions as audit
from xinglin.organisation import queries, rules, telling
from xinglin.organisation.actions import units
from xinglin.organisation.errors import (
    EndsBeforeItStarts,
    LastAdministrator,
    NotToOneself,
    RoleEndedAlready,
    RoleHeldAlready,
    RolesConflict,
    UnitClosed,
)
from xinglin.organisation.models import Role, Unit


@transaction.atomic
def grant_role(
    *,
    user: Any,
    unit: Unit,
    name: str,
    granted_by: Any,
    at: dt.datetime,
    ends_at: dt.datetime | None = None,
    knows_conflict: bool = True,
) -> Role:
    """Give `user` a role at a unit and so over all below it. Only a command (`granted_by=None`) need not ask.

    `knows_conflict`: whoever grants has read with which role it conflicts; a page asks for that.
    """
    if granted_by is not None:
        queries.demand(granted_by, rules.verb_to_grant(name), unit)
        if granted_by.pk == user.pk and name != Role.Name.VOLUNTEER:
            raise NotToOneself
    unit = units.keep_open(unit=unit)
    if unit.closed_at is not None:
        raise UnitClosed
    if ends_at is not None and ends_at <= at:
        raise EndsBeforeItStarts
    User.objects.select_for_update().filter(pk=user.pk).first()  # two grants to one person, one after the other
    if Role.objects.filter(user=user, unit=unit, name=name, ends_at__gt=at).exists():
        raise RoleHeldAlready(role=Role.Name(name).label)
    if not knows_conflict and (conflicts := queries.conflicts_with(user, name, unit, at=at)):
        raise RolesConflict(role=conflicts[0].get_name_display(), unit=conflicts[0].unit.name)
    try:
        with transaction.atomic():
            role = Role.objects.create(
                user=user, unit=unit, name=name, granted_by=granted_by, starts_at=at, ends_at=ends_at
            )
    except IntegrityError as taken:  # the constraint role_held_once decides, also between two who grant at once
        raise RoleHeldAlready(role=Role.Name(name).label) from taken
    _record(granted_by, "granted_role", role, at, {"until": ends_at.isoformat() if ends_at else None})
    if granted_by is not None:  # a command grants it along with the account: there is nobody to be told yet
        telling.given(role, at=at)
    return role


@transaction.atomic
def end_role(*, role: Role, ended_by: Any, at: dt.datetime) -> Role:
    """Take a role back. What was done under it stays done."""
    if ended_by is not None:
        queries.demand(ended_by, rules.verb_to_grant(role.name), role.unit)
    administrators = _hold_administrators()
    role = Role.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=role.pk)
    if role.ends_at is not None and role.ends_at <= at:
        raise RoleEndedAlready
    if role.name == rules.ADMINISTRATOR and not _someone_else_reaches(role, administrators):
        raise LastAdministrator
    role.ends_at = at
    role.save(update_fields=["ends_at"])
    _record(ended_by, "ended_role", role, at, {})
    if ended_by is not None and ended_by.pk != role.user_id:
        telling.ended([role], at=at)
    return role


@transaction.atomic
def change_term(*, role: Role, ends_at: dt.datetime | None, by: Any, at: dt.datetime) -> Role:
    """Let a role go on for longer, until further notice (None), or end sooner. Nobody does it for themself."""
    queries.demand(by, rules.verb_to_grant(role.name), role.unit)
    if by.pk == role.user_id:
        raise NotToOneself
    if ends_at is not None and ends_at <= at:
        raise EndsBeforeItStarts
    if units.keep_open(unit=role.unit).closed_at is not None:
        raise UnitClosed
    administrators = _hold_administrators()
    role = Role.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=role.pk)
    if role.ends_at is not None and role.ends_at <= at:
        raise RoleEndedAlready
    is_last_one = role.name == rules.ADMINISTRATOR and not _someone_else_reaches(role, administrators)
    if is_last_one and ends_at is not None:
        raise LastAdministrator
    if role.ends_at != ends_at:
        telling.not_ending(role)
        before, role.ends_at = role.ends_at, ends_at
        role.save(update_fields=["ends_at"])
        said = {"before": before and before.isoformat(), "until": ends_at and ends_at.isoformat()}
        _record(by, "changed_term", role, at, said)
    return role


@transaction.atomic
def lay_down(*, user: Any, names: Sequence[str], at: dt.datetime) -> None:
    """Somebody gives up such roles of their own, wherever they are: nobody has to allow it, and the trail says so."""
    held = Role.objects.select_for_update(of=("self",)).filter(user=user, name__in=names)
    for role in held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("unit", "user").order_by("pk"):
        role.ends_at = at
        role.save(update_fields=["ends_at"])
        _record(user, "ended_role", role, at, {})


def _hold_administrators() -> list[Role]:
    """All of them, locked in one order, so that two of them cannot end each other at the same moment."""
    held = Role.objects.select_for_update(of=("self",)).filter(name=rules.ADMINISTRATOR, ends_at__isnull=True)
    return list(held.select_related("unit", "user").order_by("pk"))


def _someone_else_reaches(role: Role, administrators: list[Role]) -> bool:
    chain = rules.chain_of(role.unit.path, step=Unit.steplen)
    return any(
        other.pk != role.pk and other.user_id != role.user_id and other.user.is_active and other.unit.path in chain
        for other in administrators
    )


def _record(actor: Any, verb: str, role: Role, at: dt.datetime, more: dict[str, Any]) -> None:
    facts = {"role": role.name, "user": role.user.code} | {key: value for key, value in more.items() if value}
    thing = f"unit:{role.unit.code}"
    audit.record(actor=actor, verb=verb, thing=thing, unit_path=role.unit.path, facts=facts, at=at)
