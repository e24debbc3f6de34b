"""The one question of permission, scopes, and policies as they hold at a unit and a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from xinglin.lib import clock
from xinglin.organisation import policies, rules
from xinglin.organisation.errors import MayNot, SecondFactorNeeded
from xinglin.organisation.models import Policy, Role, Unit


def roles_of(user: Any, *, at: dt.datetime | None = None) -> QuerySet[Role]:
    """The roles that `user` holds at `at`, whatever the second factor."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Role.objects.none()
    at = at or clock.now()
    held = Role.objects.filter(user=user, starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("unit")


def is_staff(user: Any) -> bool:
    """Does the user hold any role that decides over others?"""
    return roles_of(user).filter(name__in=rules.STAFF).exists()


def may(user: Any, verb: str, unit: Unit) -> bool:
    """May `user` do `verb` at `unit`? True when a role that may stands at the unit or above it."""
    return _reaching(user, verb).filter(unit__path__in=rules.chain_of(unit.path, step=Unit.steplen)).exists()


def may_anywhere(user: Any, verb: str) -> bool:
    """May the user do `verb` at some unit at least? For menus and lists, which then scope themselves."""
    return _reaching(user, verb).exists()


def demand(user: Any, verb: str, unit: Unit | None = None) -> None:
    """Refuse unless `may` (or, without a unit, `may_anywhere`)."""
    if may(user, verb, unit) if unit is not None else may_anywhere(user, verb):
        return
    roles = roles_of(user).filter(name__in=rules.VERBS[verb][0])
    if unit is not None:
        roles = roles.filter(unit__path__in=rules.chain_of(unit.path, step=Unit.steplen))
    if roles.exists():
        raise SecondFactorNeeded
    raise MayNot


def units_where(user: Any, verb: str) -> QuerySet[Unit]:
    """All units at which the user may do `verb`: the subtrees below the roles that may."""
    scope = Q(pk__in=[])
    for path in _reaching(user, verb).values_list("unit__path", flat=True):
        scope |= Q(path__startswith=path)
    return Unit.objects.filter(scope)


def policy(name: str, unit: Unit, *, at: dt.datetime) -> Any:
    """The value of a policy at a unit and a moment: the nearest unit upward that set it, its latest start."""
    paths = rules.chain_of(unit.path, step=Unit.steplen)
    chosen = (
        Policy.objects.filter(name=name, unit__path__in=paths, starts_at__lte=at)
        .order_by("-unit__depth", "-starts_at")
        .values_list("value", flat=True)
        .first()
    )
    return policies.DEFAULTS[name].value if chosen is None else chosen


def open_units() -> QuerySet[Unit]:
    """Units that have not been closed, in tree order."""
    return Unit.objects.filter(closed_at__isnull=True).order_by("path")


def _reaching(user: Any, verb: str) -> QuerySet[Role]:
    if user is None or not user.is_authenticated:
        return Role.objects.none()
    names = rules.roles_that_may(verb, second_factor=user.has_second_factor)
    return roles_of(user).filter(name__in=names)
