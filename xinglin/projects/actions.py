"""Making projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from xinglin.audit import actions as audit
from xinglin.lib import codes
from xinglin.organisation.models import Unit
from xinglin.projects.errors import OwnDuty, UnknownCategory
from xinglin.projects.models import Project


@transaction.atomic
def open_project(*, unit: Unit, name: str, category: str, not_own_duty: bool, actor: Any, at: dt.datetime) -> Project:
    """Find the unit's project of this name, or open it. Twice is once; the category of a standing project stays."""
    if not not_own_duty:
        raise OwnDuty
    if category not in codes.names("service_category"):
        raise UnknownCategory
    project, is_new = Project.objects.get_or_create(
        unit=unit,
        name=name,
        defaults={"category": category, "not_own_duty": True, "created_by": actor, "created_at": at},
    )
    if is_new:
        audit.record(
            actor=actor,
            verb="opened_project",
            thing=f"project:{project.code}",
            at=at,
            unit_path=unit.path,
            facts={"category": category, "not_own_duty": True},
        )
    return project
