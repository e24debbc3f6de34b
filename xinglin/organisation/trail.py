"""What happened at a unit and below it, as the trail tells it.

An entry names the path at which its unit stood then, and is never changed. A unit that was moved is found at each of
its paths for as long as it stood there, so that a later unit at the same place is not taken for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.audit.models import Entry
from xinglin.organisation import reading
from xinglin.organisation.models import FormerPath, Role, Unit

A_PAGE = 50

# What is told here: the organisation's own doings.
OF_ROLES = {
    "granted_role": _("授予了角色"),
    "changed_term": _("改了角色的期限"),
    "ended_role": _("收回了角色"),
    "moved_role": _("合并账号，角色跟着人"),
}
OF_POLICIES = {"set_policy": _("定了政策")}
OF_UNITS = {
    "added_unit": _("建了单位"),
    "edited_unit": _("改了单位资料"),
    "moved_unit": _("移动了单位"),
    "closed_unit": _("停办了单位"),
    "set_joining": _("改了入队方式"),
    "added_brand": _("加了品牌"),
    "ended_brand": _("撤了品牌"),
    "added_joint": _("加了共建上级"),
    "ended_joint": _("撤了共建上级"),
}
WORDS = OF_ROLES | OF_POLICIES | OF_UNITS

_OF_VOLUNTEERS = Q(verb__in=OF_ROLES, facts__role=Role.Name.VOLUNTEER.value)
# Volunteers come and go by the thousand: what they are in a team stands apart from who decides and leads.
KINDS: dict[str, tuple[Any, Q]] = {
    "roles": (_("角色"), Q(verb__in=OF_ROLES) & ~_OF_VOLUNTEERS),
    "policies": (_("政策"), Q(verb__in=OF_POLICIES)),
    "units": (_("单位"), Q(verb__in=OF_UNITS)),
    "volunteers": (_("志愿者进出"), _OF_VOLUNTEERS),
}


@dataclass(frozen=True)
class Line:
    """One entry in words: what was done, and what exactly it was about."""

    at: dt.datetime
    verb: str
    said: Any
    about: list[str]
    who: str
    unit: Unit | None


@dataclass(frozen=True)
class Page:
    """Some of the latest, and where the older ones begin (none: these are all)."""

    lines: list[Line]
    older: int | None


def of(unit: Unit, *, kind: str = "", before: int | None = None) -> Page:
    """The latest doings at a unit and everything that stands below it now, the newest first."""
    found = Entry.objects.filter(_of_branch(unit), KINDS[kind][1] if kind in KINDS else Q(verb__in=WORDS))
    if before is not None:
        found = found.filter(pk__lt=before)
    entries = list(found.order_by("-id")[: A_PAGE + 1])
    shown = entries[:A_PAGE]
    known = reading.known(shown)
    lines = [
        Line(
            at=entry.at,
            verb=entry.verb,
            said=WORDS[entry.verb],
            about=reading.about(entry, known),
            who=known.person(entry.actor_code),
            unit=known.units.get(entry.thing.removeprefix("unit:")),
        )
        for entry in shown
    ]
    return Page(lines, shown[-1].pk if len(entries) > A_PAGE else None)


def _of_branch(unit: Unit) -> Q:
    """Entries of the unit and of all below it, wherever each of them stood at the time."""
    branch = list(Unit.objects.filter(path__startswith=unit.path))
    formers: dict[int, list[FormerPath]] = {}
    taken: dict[str, list[FormerPath]] = {}
    for former in FormerPath.objects.order_by("until"):
        formers.setdefault(former.unit_id, []).append(former)
        taken.setdefault(former.path, []).append(former)
    lasting = [one.path for one in branch if one.pk not in formers and one.path not in taken]
    found = Q(unit_path__in=lasting)
    for one in branch:
        if one.pk in formers or one.path in taken:
            for path, since, until in _stays(one, formers.get(one.pk, []), taken.get(one.path, [])):
                found |= Q(unit_path=path, at__gte=since) & (Q(at__lt=until) if until else Q())
    return found


def _stays(
    unit: Unit, formers: list[FormerPath], before: list[FormerPath]
) -> Iterator[tuple[str, dt.datetime, dt.datetime | None]]:
    """Where the unit stood, since when, until when; `before`: who left the place where it stands now."""
    since = unit.opened_at
    for former in formers:
        yield former.path, since, former.until
        since = former.until
    others = [former.until for former in before if former.unit_id != unit.pk]
    yield unit.path, max([since, *others]), None
