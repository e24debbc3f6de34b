"""Reading projects."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from xinglin.organisation import queries as organisation
from xinglin.projects.models import Project


def open_projects_of(user: Any) -> QuerySet[Project]:
    """Open projects of the units where this user may plan activities."""
    units = organisation.units_where(user, "edit_activities")
    return Project.objects.filter(unit__in=units, state=Project.State.OPEN).select_related("unit").order_by("name", "pk")
