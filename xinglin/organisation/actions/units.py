"""Units open, change, move and close. Whoever changes the shape of the tree holds its root: one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from xinglin.audit import actions as audit
from xinglin.organisation import divisions, kinds, queries, rules
from xinglin.organisation.errors import (
    CreditCodeTaken,
    KindLeavesBehind,
    MovedBelowItself,
    NameTaken,
    NoSuccessor,
    NoUnitAbove,
    PasswordNeeded,
    StandsThereAlready,
    UnitClosed,
    UnitClosedAlready,
    UnitsBelow,
)
from xinglin.organisation.hanging import counted
from xinglin.organisation.models import FormerPath, Succession, Unit

SHORTEST_PASSWORD, LONGEST_PASSWORD = 4, 32


@transaction.atomic
def add_unit(
    *,
    name: str,
    kind: str,
    parent: Unit | None = None,
    division_code: str = "",
    level: str = "",
    credit_code: str = "",
    service: str = "",
    actor: Any,
    at: dt.datetime,
) -> Unit:
    """Open a unit below another, or as the root of a city. `actor` is None when a command lays the tree."""
    hold_the_tree()
    if parent is not None:
        parent = Unit.objects.get(pk=parent.pk)
        if parent.closed_at is not None:
            raise UnitClosed
        if actor is not None:
            queries.demand(actor, "edit_units", parent)
    unit = Unit(kind=kind, opened_at=at, service=service)
    _describe(unit, parent, name=name, division_code=division_code, level=level, credit_code=credit_code)
    with _named_once(unit):
        if parent is None:
            Unit.objects.add_root(instance=unit)
        else:
            Unit.objects.add_child(parent, instance=unit)
    _record(actor, "added_unit", unit, at, {"kind": kind, "above": parent.code if parent else ""})
    return unit


@transaction.atomic
def edit_unit(
    *,
    unit: Unit,
    name: str,
    kind: str,
    division_code: str,
    level: str,
    credit_code: str,
    service: str,
    by: Any,
    at: dt.datetime,
) -> Unit:
    """Change what a unit is called and what it is. Its code, and so everything that names it, stays."""
    queries.demand(by, "edit_units", unit)
    unit = _open(unit)
    if kind != unit.kind and (things := kinds.left_behind(unit, kind)):
        raise KindLeavesBehind(what=counted(things), kind=Unit.Kind(kind).label)
    before = _facts(unit)
    unit.kind, unit.service = kind, service
    _describe(unit, queries.above(unit), name=name, division_code=division_code, level=level, credit_code=credit_code)
    if unit.division_code != before["division_code"]:
        _refuse_to_leave_outside(unit, area=unit.division_code or _area_around(queries.above(unit)))
    with _named_once(unit):
        unit.save()
    changed = {key: [before[key], value] for key, value in _facts(unit).items() if value != before[key]}
    if changed:
        _record(by, "edited_unit", unit, at, changed)
    return unit


@transaction.atomic
def move_unit(*, unit: Unit, below: Unit, by: Any, at: dt.datetime) -> Unit:
    """Put a unit, with everything below it, under another one. People, roles, policies, records and trail follow."""
    hold_the_tree()
    unit, below = _open(unit), _open(below)
    old = queries.above(unit)
    if old is None:
        raise NoUnitAbove
    if by is not None:
        queries.demand(by, "edit_units", old)
        queries.demand(by, "edit_units", below)
    if below.path.startswith(unit.path):
        raise MovedBelowItself
    if below.pk == old.pk:
        raise StandsThereAlready
    area = _area_around(below)
    divisions.placed(unit.division_code, unit.level, above=area)
    _refuse_to_leave_outside(unit, area=area)
    branch = Unit.objects.filter(path__startswith=unit.path)
    FormerPath.objects.bulk_create([FormerPath(unit=one, path=one.path, until=at) for one in branch])
    Unit.objects.move(unit, below, "last-child")
    unit = Unit.objects.get(pk=unit.pk)
    _record(by, "moved_unit", unit, at, {"from": old.code, "to": below.code})
    return unit


def hold_the_tree() -> None:
    """Whoever changes the tree holds its root first: two at once would give two units one path, or make a circle."""
    list(Unit.objects.select_for_update().filter(depth=1).order_by("pk").values_list("pk"))


def keep_open(*, unit: Unit) -> Unit:
    """The unit as it stands now; until the transaction ends nobody closes it or makes it another kind.

    Many may come in at once, so it is held FOR SHARE. Hold it before the people: whoever closes it does so, too.
    """
    now: Unit = Unit.objects.raw("SELECT * FROM organisation_unit WHERE id = %s FOR SHARE", [unit.pk])[0]
    return now


@transaction.atomic
def close_unit(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> Unit:
    """Close a unit whose belongings were handed over already: `office.closing` does both. What it did stays its own."""
    hold_the_tree()
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.closed_at is not None:
        raise UnitClosedAlready
    above = queries.above(unit)
    if above is None:
        raise NoUnitAbove
    queries.demand(by, "edit_units", above)
    if queries.open_below(unit).exists():
        raise UnitsBelow
    if successor is not None and (successor.pk == unit.pk or not queries.open_units().filter(pk=successor.pk).exists()):
        raise NoSuccessor
    unit.closed_at = at
    unit.save(update_fields=["closed_at"])
    if successor is not None:
        Succession.objects.create(unit=unit, successor=successor)
    _record(by, "closed_unit", unit, at, {"successor": successor.code if successor else ""})
    return unit


@transaction.atomic
def set_joining(*, unit: Unit, mode: str, password: str, by: Any, at: dt.datetime) -> Unit:
    """Set how people come into a team; a password is kept as a hash, and an empty one leaves the one there is."""
    queries.demand(by, "describe_unit", unit)
    unit = _open(unit)
    password = password.strip()
    if mode == Unit.Joining.PASSWORD and (password or not unit.password):
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise PasswordNeeded
        unit.password = make_password(password)
    if mode != Unit.Joining.PASSWORD:
        unit.password = ""
    before, unit.joining = unit.joining, mode
    unit.save(update_fields=["joining", "password"])
    _record(by, "set_joining", unit, at, {"before": before, "after": mode})
    return unit


# Helpers ----------------------------------------------------------------------------------------------------------


def _open(unit: Unit) -> Unit:
    """The unit as it stands now, held."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.closed_at is not None:
        raise UnitClosed
    return unit


def _describe(unit: Unit, parent: Unit | None, *, name: str, division_code: str, level: str, credit_code: str) -> None:
    unit.name = name.strip()
    unit.division_code = divisions.read(division_code)
    unit.credit_code = divisions.credit_code(credit_code)
    own_level = level or (Unit.Level.VILLAGE if unit.kind == Unit.Kind.VILLAGE_CLINIC else "")
    unit.level = divisions.placed(unit.division_code, own_level, above=_area_around(parent))


def _area_around(unit: Unit | None) -> str:
    """The area of the unit, or of the nearest one above it that has a code; empty where none has."""
    if unit is None:
        return ""
    chain = Unit.objects.filter(path__in=rules.chain_of(unit.path, step=Unit.steplen)).exclude(division_code="")
    return chain.order_by("-depth").values_list("division_code", flat=True).first() or ""


def _refuse_to_leave_outside(unit: Unit, *, area: str) -> None:
    below = queries.open_below(unit).exclude(division_code="")
    divisions.refuse_to_leave_outside(below.values_list("name", "division_code"), area=area)


@contextmanager
def _named_once(unit: Unit) -> Iterator[None]:
    """The constraints decide, also between two who write at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        if "one_open_unit_of_a_credit_code" in str(taken):
            raise CreditCodeTaken from taken
        raise NameTaken(name=unit.name) from taken


def _facts(unit: Unit) -> dict[str, str]:
    fields = ("name", "kind", "level", "division_code", "credit_code", "service")
    return {field: str(getattr(unit, field)) for field in fields}


def _record(actor: Any, verb: str, unit: Unit, at: dt.datetime, facts: dict[str, Any]) -> None:
    audit.record(actor=actor, verb=verb, thing=f"unit:{unit.code}", unit_path=unit.path, facts=facts, at=at)
