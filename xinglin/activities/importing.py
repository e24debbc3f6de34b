"""Taking a plan into the house: projects, activities, shifts and posts, each once however often the file comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinglin.activities.models import Activity, Post, Shift
from xinglin.activities.plan import Entry
from xinglin.audit import actions as audit
from xinglin.organisation.models import Unit
from xinglin.projects import actions as projects
from xinglin.projects.errors import OwnDuty
from xinglin.projects.models import Project


@dataclass(frozen=True)
class Made:
    """How much of a plan was new."""

    projects: int = 0
    activities: int = 0
    shifts: int = 0
    posts: int = 0


@transaction.atomic
def import_plan(
    *,
    entries: Sequence[Entry],
    units: dict[str, Unit],
    moved_by: dt.timedelta,
    not_own_duty: bool,
    actor: Any,
    at: dt.datetime,
) -> Made:
    """Make what the plan says and does not stand yet. What stands is left as people have changed it since.

    But a standing activity without kinds of service gets those that the plan has come to say, for their gates' sake.
    """
    if not not_own_duty:
        raise OwnDuty
    before = Project.objects.count()
    made_projects = _projects(entries, units, actor=actor, at=at)
    activities, new_activities = _activities(entries, made_projects, at=at)
    shifts, new_shifts = _shifts(entries, activities, moved_by)
    made = Made(
        projects=Project.objects.count() - before,
        activities=new_activities,
        shifts=new_shifts,
        posts=_posts(entries, activities, shifts, moved_by),
    )
    audit.record(actor=actor, verb="imported_plan", thing="plan", at=at, facts=made.__dict__ | {"lines": len(entries)})
    return made


def _projects(
    entries: Sequence[Entry], units: dict[str, Unit], *, actor: Any, at: dt.datetime
) -> dict[tuple[str, str], Project]:
    firsts = {entry.project: entry for entry in reversed(entries)}
    return {
        key: projects.open_project(
            unit=units[entry.unit], name=entry.name, category=entry.category, not_own_duty=True, actor=actor, at=at
        )
        for key, entry in sorted(firsts.items())
    }


def _activities(
    entries: Sequence[Entry], of_projects: dict[tuple[str, str], Project], *, at: dt.datetime
) -> tuple[dict[str, Activity], int]:
    firsts = {entry.source: entry for entry in reversed(entries)}
    standing = _standing_activities(firsts)
    gated = [one for source, one in standing.items() if firsts[source].kinds and not one.kinds_of_service]
    for activity in gated:
        activity.kinds_of_service = list(firsts[activity.source or ""].kinds)
    Activity.objects.bulk_update(gated, ["kinds_of_service"])
    Activity.objects.bulk_create(
        Activity(
            project=of_projects[entry.project],
            name=entry.name,
            place_name=entry.place,
            township=entry.township,
            risks=entry.risks,
            kinds_of_service=list(entry.kinds),
            source=source,
            created_at=at,
        )
        for source, entry in sorted(firsts.items(), key=lambda pair: pair[1].line)
        if source not in standing
    )
    return _standing_activities(firsts), len(firsts) - len(standing)


def _standing_activities(sources: Collection[str]) -> dict[str, Activity]:
    return {activity.source or "": activity for activity in Activity.objects.filter(source__in=list(sources))}


def _shifts(
    entries: Sequence[Entry], activities: dict[str, Activity], moved_by: dt.timedelta
) -> tuple[dict[tuple[int, dt.datetime], Shift], int]:
    wanted = {(activities[entry.source].pk, entry.starts_at + moved_by): entry.ends_at + moved_by for entry in entries}
    standing = _standing_shifts(activities)
    new = [key for key in wanted if key not in standing]
    Shift.objects.bulk_create(
        Shift(activity_id=key[0], starts_at=key[1], ends_at=wanted[key]) for key in sorted(new, key=lambda key: key[1])
    )
    return _standing_shifts(activities), len(new)


def _standing_shifts(activities: dict[str, Activity]) -> dict[tuple[int, dt.datetime], Shift]:
    found = Shift.objects.filter(activity__in=list(activities.values()))
    return {(shift.activity_id, shift.starts_at): shift for shift in found}


def _posts(
    entries: Sequence[Entry],
    activities: dict[str, Activity],
    shifts: dict[tuple[int, dt.datetime], Shift],
    moved_by: dt.timedelta,
) -> int:
    wanted = {
        (shifts[activities[entry.source].pk, entry.starts_at + moved_by].pk, entry.post): entry for entry in entries
    }
    found = Post.objects.filter(shift__in=[shift.pk for shift in shifts.values()])
    standing = set(found.values_list("shift_id", "name"))
    new = Post.objects.bulk_create(
        Post(shift_id=key[0], name=entry.post, places=entry.places, requires=entry.requires)
        for key, entry in wanted.items()
        if key not in standing
    )
    return len(new)
