"""The one question of permission, scopes, and policies as they hold at a unit and a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Length

from xinglin.lib import clock
from xinglin.lib.web.once import once
from xinglin.organisation import policies, rules
from xinglin.organisation.errors import MayNot, SecondFactorNeeded
from xinglin.organisation.models import Joint, Policy, Role, Unit
from xinglin.organisation.models.units import PARTS_OF_A_HOUSE

# Each request asks this, so it is written as PostgreSQL reads it: a queryset takes longer to build than this to answer.
SCOPES = (
    "SELECT r.name, u.path, ARRAY(SELECT c.path FROM organisation_joint j"
    " JOIN organisation_unit p ON p.id = j.parent_id JOIN organisation_unit c ON c.id = j.unit_id"
    " WHERE j.ended_at IS NULL AND starts_with(p.path, u.path))"
    " FROM organisation_role r JOIN organisation_unit u ON u.id = r.unit_id"
    " WHERE r.user_id = %s AND r.starts_at <= %s AND (r.ends_at IS NULL OR r.ends_at > %s)"
)


def roles_of(user: Any, *, at: dt.datetime | None = None) -> QuerySet[Role]:
    """The roles that `user` holds at `at`, whatever the second factor."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Role.objects.none()
    at = at or clock.now()
    held = Role.objects.filter(user=user, starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("unit")


def is_staff(user: Any) -> bool:
    """Does the user hold any role that decides over others?"""
    return any(name in rules.STAFF for name, _own, _carried in _scopes_of(user))


def may(user: Any, verb: str, unit: Unit) -> bool:
    """May `user` do `verb` at `unit`? True when a role that may stands at the unit or above it."""
    return any(unit.path.startswith(path) for path in scope_of(user, verb))


def may_anywhere(user: Any, verb: str) -> bool:
    """May the user do `verb` at some unit at least? For menus and lists, which then scope themselves."""
    return bool(_reaching(user, verb))


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


def stands_over(user: Any, other: Any, *, at: dt.datetime) -> bool:
    """Could `user` have handed out every role that `other` holds, or will hold? Of volunteers' roles nobody asks.

    Who decides about somebody's way in must not come by it at what stands above or beside themselves.
    """
    held = Role.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), user=other)
    held = held.exclude(name=Role.Name.VOLUNTEER).select_related("unit")
    return all(may(user, rules.verb_to_grant(role.name), role.unit) for role in held)


def units_where(user: Any, verb: str) -> QuerySet[Unit]:
    """All units at which the user may do `verb`: the subtrees below the roles that may."""
    scope = Q(pk__in=[])
    for path in scope_of(user, verb):
        scope |= Q(path__startswith=path)
    units: QuerySet[Unit] = Unit.objects.filter(scope)
    return units


def reaches(user: Any, verb: str, path: str) -> Exists:
    """A condition on rows with a unit's path: the same scope as `units_where`, asked in the row's own query."""
    carried = Joint.objects.filter(ended_at__isnull=True, parent__path__startswith=OuterRef("unit__path"))
    carried = carried.filter(unit__path=Left(OuterRef(OuterRef(path)), Length("unit__path")))
    is_above = Q(unit__path=Left(OuterRef(path), Length("unit__path")))
    reaching = roles_of(user).filter(name__in=_names_for(user, verb))
    return Exists(reaching.filter(is_above if verb in rules.STAYS_AT_HOME else is_above | Exists(carried)))


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


def around(user: Any) -> QuerySet[Unit]:
    """The houses in which this user has or had any role, with all of their parts, and whatever stands above them."""
    once_of = Unit.objects.filter(pk__in=Role.objects.filter(user=user).values("unit"))
    found = Q(pk__in=[])
    for house in set(houses_of(once_of).values()):
        found |= Q(path__startswith=house.path) | Q(path__in=rules.chain_of(house.path, step=Unit.steplen))
    units: QuerySet[Unit] = Unit.objects.filter(found)
    return units


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


def above(unit: Unit) -> Unit | None:
    """The unit right above this one; none above the root."""
    return Unit.objects.filter(path=unit.path[: -Unit.steplen]).first() if unit.depth > 1 else None


def open_below(unit: Unit) -> QuerySet[Unit]:
    """Open units below this one, at any depth, in tree order."""
    return open_units().filter(path__startswith=unit.path).exclude(pk=unit.pk)


def right_below(unit: Unit) -> QuerySet[Unit]:
    """Open units right below this one."""
    return open_below(unit).filter(depth=unit.depth + 1)


def joints_of(unit: Unit) -> QuerySet[Joint]:
    """Who carries this unit together with the one above it, the longest first."""
    return Joint.objects.filter(unit=unit, ended_at__isnull=True).select_related("parent").order_by("since")


def carried_by(unit: Unit) -> QuerySet[Joint]:
    """What this unit carries together with the unit above it, the longest first."""
    return Joint.objects.filter(parent=unit, ended_at__isnull=True).select_related("unit").order_by("since")


def scope_of(user: Any, verb: str) -> list[str]:
    """The paths below which the user may do `verb`: where such a role stands, and what is carried jointly there."""
    at_home = verb in rules.STAYS_AT_HOME
    return [path for _name, own, carried in _reaching(user, verb) for path in ([own] if at_home else [own, *carried])]


def verbs_at(user: Any, unit: Unit) -> set[str]:
    """Everything that the user may do at a unit: one query, for a page that asks for many verbs."""
    scopes = _scopes_of(user)
    own_names = {name for name, own, _carried in scopes if unit.path.startswith(own)}
    names = own_names | {name for name, _own, carried in scopes if any(unit.path.startswith(path) for path in carried)}
    second_factor = bool(names) and user.has_second_factor
    return {
        verb
        for verb in rules.VERBS
        if (own_names if verb in rules.STAYS_AT_HOME else names)
        & rules.roles_that_may(verb, second_factor=second_factor)
    }


def _scopes_of(user: Any) -> list[tuple[str, str, list[str]]]:
    """Each role that the user holds, by name, with the path of its unit and those of what is carried jointly there.

    A page asks for many verbs: it reads the roles once.
    """
    return once(("roles", user.pk), lambda: _read_scopes(user)) if user is not None else []


def _read_scopes(user: Any) -> list[tuple[str, str, list[str]]]:
    if not user.is_authenticated or not user.is_active:
        return []
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(SCOPES, [user.pk, now, now])
        scopes: list[tuple[str, str, list[str]]] = cursor.fetchall()
    return scopes


def _reaching(user: Any, verb: str) -> list[tuple[str, str, list[str]]]:
    """Those of the user's roles by which they may do this."""
    names = _names_for(user, verb)
    return [scope for scope in _scopes_of(user) if scope[0] in names] if names else []


def _names_for(user: Any, verb: str) -> Collection[str]:
    if user is None or not user.is_authenticated:
        return ()
    return rules.roles_that_may(verb, second_factor=user.has_second_factor)


def roles_at(unit: Unit, *, at: dt.datetime) -> QuerySet[Role]:
    """Who decides or leads at this unit: all roles held here but those of volunteers, who may be thousands."""
    held = Role.objects.filter(unit=unit, starts_at__lte=at).exclude(name=Role.Name.VOLUNTEER)
    held = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("user", "granted_by", "unit").order_by("name", "starts_at")


def administrators_of(unit: Unit, *, at: dt.datetime) -> list[int]:
    """Who administers the unit, or the nearest one above it that has an administrator; by their keys."""
    held = Role.objects.filter(name=rules.ADMINISTRATOR, starts_at__lte=at)
    held = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    held = held.filter(unit__path__in=rules.chain_of(unit.path, step=Unit.steplen))
    rows = list(held.order_by("-unit__depth", "user").values_list("unit", "user"))
    return [user for nearest, user in rows if nearest == rows[0][0]]


def conflicts_with(user: Any, name: str, unit: Unit, *, at: dt.datetime) -> list[Role]:
    """Roles of the user, at units that reach this one or are reached by it, that conflict with such a role there."""
    held = list(roles_of(user, at=at).filter(name__in=rules.CONFLICTS.get(name, ())))
    carried = _carried() if held else []
    return [role for role in held if _meet(role.unit, unit, carried)]


@dataclass(frozen=True)
class Conflict:
    """Two roles of one person of which one looks after what the other does."""

    one: Role
    other: Role


def staff_roles_seen_by(user: Any, *, at: dt.datetime) -> QuerySet[Role]:
    """All roles but those of volunteers at the units whose roles the user may see, by unit."""
    held = Role.objects.filter(unit__in=units_where(user, "see_roles"), starts_at__lte=at)
    held = held.exclude(name=Role.Name.VOLUNTEER).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return held.select_related("user", "unit", "granted_by").order_by("unit__path", "name", "starts_at")


def conflicts_among(roles: Iterable[Role]) -> list[Conflict]:
    """The pairs among these roles that conflict."""
    carried = _carried()
    by_user: dict[int, list[Role]] = {}
    for role in roles:
        by_user.setdefault(role.user_id, []).append(role)
    return [
        Conflict(one, other)
        for held in by_user.values()
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if rules.conflict(one.name, other.name) and _meet(one.unit, other.unit, carried)
    ]


def _carried() -> list[tuple[str, str]]:
    """The paths of each joint parent and of what it carries."""
    return list(Joint.objects.filter(ended_at__isnull=True).values_list("parent__path", "unit__path"))


def _meet(one: Unit, other: Unit, carried: Sequence[tuple[str, str]]) -> bool:
    """Does a role at one of these units reach the other, by the tree or as what is carried jointly?"""
    return _reaches(one.path, other.path, carried) or _reaches(other.path, one.path, carried)


def _reaches(path: str, below: str, carried: Sequence[tuple[str, str]]) -> bool:
    jointly = (unit for parent, unit in carried if parent.startswith(path))
    return below.startswith(path) or any(below.startswith(unit) for unit in jointly)


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
