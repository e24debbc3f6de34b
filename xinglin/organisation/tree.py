"""The tree as a page shows it: units with their persons, a large tree branch by branch, and what a move would bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q

from xinglin.organisation import queries, rules
from xinglin.organisation.models import Policy, Role, Unit
from xinglin.organisation.queries import Ruling


@dataclass(frozen=True)
class Branch:
    """A unit in the tree, with how many persons belong to it or to anything below it; each counts once."""

    unit: Unit
    persons: int
    level: int
    hidden: int = 0  # units below it that are not shown

    @property
    def indent(self) -> str:
        """Full-width blanks: a strict policy of styles allows no margin of one's own."""
        return "\u3000" * self.level


def seen_by(user: Any, *, verb: str = "see_desk", at: dt.datetime) -> list[Branch]:
    """The open units the user may see, in tree order, with their persons: one query for the whole tree.

    A person of two teams counts once in each and once in the hospital above both. Members hold the role of a volunteer.
    """
    scope = queries.scope_of(user, verb)
    if not scope:
        return []
    units = Unit.objects.raw(_TREE, {"step": Unit.steplen, "scope": [f"{path}%" for path in scope], "at": at})
    top = min(len(path) for path in scope) // Unit.steplen
    return [Branch(unit, unit.persons, max(0, unit.depth - top)) for unit in units]


def found(branches: Sequence[Branch], words: str) -> list[Branch]:
    """Those whose name holds the words, as a plain list."""
    return [replace(branch, level=0) for branch in branches if words in branch.unit.name]


def opened(branches: Sequence[Branch], code: str, *, few: int) -> list[Branch]:
    """What a page shows of a tree: all of a small one; of a large one the two upper levels and one branch opened."""
    if len(branches) <= few:
        return list(branches)
    paths = [branch.unit.path for branch in branches]
    chosen = next((branch.unit.path for branch in branches if branch.unit.code == code), "")
    way = rules.chain_of(chosen, step=Unit.steplen)
    shown = []
    for branch in branches:
        path = branch.unit.path
        is_near = path in way or (bool(chosen) and path[: -Unit.steplen] == chosen)
        if branch.level <= 1 or is_near:
            is_open = branch.level < 1 or (bool(chosen) and chosen.startswith(path))
            below = 0 if is_open else sum(one.startswith(path) for one in paths) - 1
            shown.append(replace(branch, hidden=below))
    return shown


@dataclass(frozen=True)
class Moved:
    """What follows a unit that is put elsewhere, and what will be different for it."""

    units: int
    persons: int
    roles: int
    rulings: list[tuple[Ruling, Ruling]]  # as they hold now, and as they will


def moved(unit: Unit, below: Unit, *, at: dt.datetime) -> Moved:
    """What moving a unit below another one would bring."""
    branch = Unit.objects.filter(path__startswith=unit.path)
    current = Role.objects.filter(unit__in=branch, starts_at__lte=at).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    )
    members = current.filter(name=Role.Name.VOLUNTEER)
    own = set(Policy.objects.filter(unit=unit).values_list("name", flat=True))
    now, then = queries.policies_at(unit, at=at), queries.policies_at(below, at=at)
    return Moved(
        units=branch.filter(closed_at__isnull=True).count(),
        persons=members.aggregate(persons=Count("user", distinct=True))["persons"],
        roles=current.exclude(name=Role.Name.VOLUNTEER).count(),
        rulings=[
            pair for pair in zip(now, then, strict=True) if pair[0].value != pair[1].value and pair[0].name not in own
        ],
    )


# Whoever belongs to the same units counts in the same places: persons are first gathered by their set of units, of
# which there are few, so that the work on paths does not grow with the members.
_TREE = """
WITH seat AS (
    SELECT unit.id AS unit_id, left(unit.path, step * %(step)s) AS path
    FROM organisation_unit unit CROSS JOIN LATERAL generate_series(1, length(unit.path) / %(step)s) AS step
    UNION
    SELECT unit.id, left(parent.path, step * %(step)s)
    FROM organisation_joint joint
    JOIN organisation_unit carried ON carried.id = joint.unit_id
    JOIN organisation_unit parent ON parent.id = joint.parent_id
    JOIN organisation_unit unit ON starts_with(unit.path, carried.path)
    CROSS JOIN LATERAL generate_series(1, length(parent.path) / %(step)s) AS step
    WHERE joint.ended_at IS NULL
), belonging AS (
    SELECT units, count(*) AS persons
    FROM (
        SELECT array_agg(unit_id ORDER BY unit_id) AS units
        FROM organisation_role
        WHERE name = 'volunteer' AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)
        GROUP BY user_id
    ) AS person
    GROUP BY units
), counted AS (
    SELECT path, sum(persons) AS persons
    FROM (SELECT DISTINCT units, persons, path FROM belonging JOIN seat ON seat.unit_id = ANY(units)) AS place
    GROUP BY path
)
SELECT unit.*, coalesce(counted.persons, 0)::int AS persons
FROM organisation_unit unit LEFT JOIN counted ON counted.path = unit.path
WHERE unit.closed_at IS NULL AND unit.path LIKE ANY(%(scope)s)
ORDER BY unit.path
"""
