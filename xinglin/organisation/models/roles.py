"""Who holds which role where, and the policies a unit sets for those below it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib import clock
from xinglin.lib.ids import short_code
from xinglin.organisation.models.units import Unit


class Role(models.Model):
    """A user holds a role at a unit, and so over everything below it, from one day until another."""

    class Name(models.TextChoices):
        BUREAU_ADMINISTRATOR = "bureau_administrator", _("管理员")
        COORDINATOR = "coordinator", _("协调员")
        TEAM_LEADER = "team_leader", _("队长")
        REVIEWER = "reviewer", _("审核员")
        AUDITOR = "auditor", _("审计员")
        CLERK = "clerk", _("核销员")
        VOLUNTEER = "volunteer", _("志愿者")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField(max_length=24, choices=Name.choices)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "name"], condition=models.Q(ends_at__isnull=True), name="role_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.unit_id}"

    @property
    def last_day(self) -> dt.date | None:
        """Through which day it lasts; none until further notice."""
        return clock.last_day(self.ends_at) if self.ends_at else None


class Policy(models.Model):
    """A rule that differs by place, as data: named, versioned by its start, inherited down the tree."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="policies")
    name = models.CharField(max_length=40)
    value = models.JSONField()
    starts_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name", "starts_at"], name="one_version_of_a_policy_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.unit_id}"
