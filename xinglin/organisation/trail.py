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

from xinglin.accounts.models import User
from xinglin.audit.models import Entry
from xinglin.organisation.models import FormerPath, Unit

MOST_LINES = 100

# What is told here: the organisation's own doings.
WORDS = {
    "added_unit": _("建了单位"),
    "edited_unit": _("改了单位资料"),
    "moved_unit": _("移动了单位"),
    "closed_unit": _("停办了单位"),
    "set_joining": _("改了入队方式"),
    "added_brand": _("加了品牌"),
    "ended_brand": _("撤了品牌"),
    "added_joint": _("加了共建上级"),
    "ended_joint": _("撤了共建上级"),
    "granted_role": _("授予了角色"),
    "ended_role": _("收回了角色"),
    "set_policy": _("定了政策"),
}


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: dt.datetime
    verb: str
    said: Any
    who: str
    unit: Unit | None


def of(unit: Unit) -> list[Line]:
    """The latest doings at a unit and everything that stands below it now, the newest first."""
    found = Entry.objects.filter(_of_branch(unit), verb__in=WORDS).order_by("-id")[:MOST_LINES]
    entries = list(found)
    users = User.objects.filter(code__in={entry.actor_code for entry in entries})
    names = {user.code: user.name or user.login_name for user in users}
    codes = {entry.thing: entry.thing.removeprefix("unit:") for entry in entries}
    units = {f"unit:{one.code}": one for one in Unit.objects.filter(code__in=codes.values())}
    return [
        Line(entry.at, entry.verb, WORDS[entry.verb], names.get(entry.actor_code, ""), units.get(entry.thing))
        for entry in entries
    ]


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
