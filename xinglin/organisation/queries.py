"""The one question of permission, scopes, and policies as they hold at a unit and a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from xinglin.lib import clock
from xinglin.organisation import policies, rules
from xinglin.organisation.errors import MayNot, SecondFactorNeeded
from xinglin.organisation.models import Policy, Role, Unit

PARTS_OF_A_HOUSE = (Unit.Kind.TEAM, Unit.Kind.DEPARTMENT, Unit.Kind.PARTNER)


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
    units: QuerySet[Unit] = Unit.objects.filter(scope)
    return units


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


def policy_values(names: Collection[str], units: Iterable[Unit], *, at: dt.datetime) -> dict[int, dict[str, Any]]:
    """Several policies at several units at a moment, by the unit's key: one query for all of them."""
    chains = {unit.pk: rules.chain_of(unit.path, step=Unit.steplen) for unit in units}
    paths = {path for chain in chains.values() for path in chain}
    versions = Policy.objects.filter(name__in=names, unit__path__in=paths, starts_at__lte=at)
    # The deepest unit's latest version is read last, and stays.
    rows = list(versions.order_by("unit__depth", "starts_at").values_list("unit__path", "name", "value"))
    values = {}
    for key, chain in chains.items():
        values[key] = {name: policies.DEFAULTS[name].value for name in names}
        values[key] |= {name: value for path, name, value in rows if path in chain}
    return values


def policies_of(names: Collection[str], unit: Unit | None, *, at: dt.datetime) -> dict[str, Any]:
    """Several policies at one unit and a moment; for whoever is of no unit at all, what holds where none set any."""
    if unit is None:
        return {name: policies.DEFAULTS[name].value for name in names}
    return policy_values(names, [unit], at=at)[unit.pk]


def units_ruled_by(name: str, unit: Unit) -> QuerySet[Unit]:
    """The unit and what lies below it, but for the branches that set this policy for themselves."""
    below: QuerySet[Unit] = Unit.objects.filter(path__startswith=unit.path)
    own = Policy.objects.filter(name=name, unit__path__startswith=unit.path).exclude(unit=unit)
    for path in own.values_list("unit__path", flat=True).distinct():
        below = below.exclude(path__startswith=path)
    return below


def houses_of(units: Iterable[Unit]) -> dict[int, Unit]:
    """The house that each unit belongs to, by the unit's key: what stands above a team or a department."""
    chains = {unit.pk: rules.chain_of(unit.path, step=Unit.steplen) for unit in units}
    paths = {path for chain in chains.values() for path in chain}
    known = {unit.path: unit for unit in Unit.objects.filter(path__in=paths)}
    houses = {path for path, unit in known.items() if unit.kind not in PARTS_OF_A_HOUSE}
    return {
        key: known[next((path for path in reversed(chain) if path in houses), chain[0])]
        for key, chain in chains.items()
    }


def is_set_anywhere(name: str) -> bool:
    """Has any unit ever set this policy? Where none has, a sweep need not look at anybody."""
    return Policy.objects.filter(name=name).exists()


def root_unit() -> Unit | None:
    """The root of this city's tree, whose policies hold for whoever belongs nowhere; None before there is a tree."""
    root: Unit | None = Unit.objects.filter(depth=1).order_by("path").first()
    return root


def open_units() -> QuerySet[Unit]:
    """Units that have not been closed, in tree order."""
    units: QuerySet[Unit] = Unit.objects.filter(closed_at__isnull=True)
    return units.order_by("path")


def _reaching(user: Any, verb: str) -> QuerySet[Role]:
    if user is None or not user.is_authenticated:
        return Role.objects.none()
    names = rules.roles_that_may(verb, second_factor=user.has_second_factor)
    return roles_of(user).filter(name__in=names)


@dataclass(frozen=True)
class Branch:
    """A unit in the tree, with how many persons belong to it or to anything below it; each counts once."""

    unit: Unit
    persons: int
    level: int

    @property
    def indent(self) -> str:
        """Full-width blanks: a strict policy of styles allows no margin of one's own."""
        return "\u3000" * self.level


def tree_seen_by(user: Any, *, verb: str = "see_desk", at: dt.datetime | None = None) -> list[Branch]:
    """The open units the user may see, in tree order, with their persons: one query for the whole tree.

    A person of two teams counts once in each and once in the hospital above both. Members hold the role of a volunteer.
    """
    scope = [role.unit.path for role in _reaching(user, verb)]
    if not scope:
        return []
    at = at or clock.now()
    units = Unit.objects.raw(_TREE, {"step": Unit.steplen, "scope": [f"{path}%" for path in scope], "at": at})
    top = min(len(path) for path in scope) // Unit.steplen
    return [Branch(unit, unit.persons, max(0, unit.depth - top)) for unit in units]


# Each role is joined to the units on its own path, not to every unit, so the work grows with the members alone.
_TREE = """
WITH member AS (
    SELECT DISTINCT left(unit.path, step * %(step)s) AS path, role.user_id
    FROM organisation_role role
    JOIN organisation_unit unit ON unit.id = role.unit_id
    CROSS JOIN LATERAL generate_series(1, length(unit.path) / %(step)s) AS step
    WHERE role.name = 'volunteer' AND role.starts_at <= %(at)s AND (role.ends_at IS NULL OR role.ends_at > %(at)s)
), counted AS (
    SELECT path, count(*) AS persons FROM member GROUP BY path
)
SELECT unit.*, coalesce(counted.persons, 0) AS persons
FROM organisation_unit unit LEFT JOIN counted ON counted.path = unit.path
WHERE unit.closed_at IS NULL AND unit.path LIKE ANY(%(scope)s)
ORDER BY unit.path
"""


def roles_at(unit: Unit, *, at: dt.datetime) -> QuerySet[Role]:
    """Who decides or leads at this unit: all roles held here but those of volunteers, who may be thousands."""
    held = Role.objects.filter(unit=unit, starts_at__lte=at).exclude(name=Role.Name.VOLUNTEER)
    held = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("user", "granted_by", "unit").order_by("name", "starts_at")


@dataclass(frozen=True)
class Ruling:
    """A policy as it holds at a unit: its value, and which unit's version that is (none: the house's own default)."""

    name: str
    value: Any
    version: Policy | None
    next_version: Policy | None


def policies_at(unit: Unit, *, at: dt.datetime) -> list[Ruling]:
    """Every policy as it holds at a unit, and what was already set for later: one query."""
    paths = rules.chain_of(unit.path, step=Unit.steplen)
    versions = list(
        Policy.objects.filter(unit__path__in=paths)
        .select_related("unit", "set_by")
        .order_by("unit__depth", "starts_at")
    )
    return [_ruling(name, [version for version in versions if version.name == name], at) for name in policies.DEFAULTS]


def _ruling(name: str, versions: list[Policy], at: dt.datetime) -> Ruling:
    """The deepest unit's latest started version holds, as in `policy`."""
    started = [version for version in versions if version.starts_at <= at]
    coming = [version for version in versions if version.starts_at > at]
    version = started[-1] if started else None
    value = version.value if version else policies.DEFAULTS[name].value
    return Ruling(name, value, version, coming[0] if coming else None)
