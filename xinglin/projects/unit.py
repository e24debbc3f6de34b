"""What projects holds of a unit: its projects, with everything that runs under them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinglin.audit import actions as audit
from xinglin.organisation.hanging import Hanging, some
from xinglin.organisation.models import Unit
from xinglin.projects.models import Project

KEYS = {"projects.Project.unit"}
LONGEST_NAME = 80


def hangs_on(unit: Unit, *, successor: Unit | None, at: dt.datetime) -> list[Hanging]:
    """Open projects."""
    then = _("转给接手单位，班次照常") if successor else _("结项")
    return some(Hanging(_("进行中的项目"), _open(unit).count(), then))


def hand_over(*, unit: Unit, successor: Unit | None, by: Any, at: dt.datetime) -> None:
    """Open projects run on under the successor, and end without one. Ended ones stay with the unit that had them."""
    names = set(Project.objects.filter(unit=successor).values_list("name", flat=True)) if successor else set()
    for project in _open(unit).select_for_update():
        if successor is None:
            project.state = Project.State.CLOSED
        else:
            if project.name in names:
                project.name = f"{project.name[: LONGEST_NAME - len(unit.name) - 2]}（{unit.name}）"
            project.unit = successor
        project.save(update_fields=["state", "name", "unit"])
        verb = "moved_project" if successor else "closed_project"
        facts = {"from": unit.code, "to": successor.code if successor else ""}
        thing, path = f"project:{project.code}", unit.path
        audit.record(actor=by, verb=verb, thing=thing, unit_path=path, facts=facts, at=at)


def _open(unit: Unit) -> Any:
    return Project.objects.filter(unit=unit, state=Project.State.OPEN)
