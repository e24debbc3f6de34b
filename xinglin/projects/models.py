"""Programmes: what a unit does, year after year, and under which activities run."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code


class Project(models.Model):
    """A named programme of a unit, in a national service category, declared to be outside the unit's own duty."""

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结项")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    name = models.CharField(max_length=80)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="projects")
    category = models.CharField(max_length=4, help_text="national code list service_category")
    not_own_duty = models.BooleanField(default=False, help_text="ticked: this is not the volunteers' own job or duty")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="one_project_of_a_name_per_unit"),
            models.CheckConstraint(condition=models.Q(not_own_duty=True), name="project_is_not_own_duty"),
        ]

    def __str__(self) -> str:
        return self.code
