"""Shared training: which units take the training of which others for as good as their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from xinglin.lib.ids import short_code


class Honour(models.Model):
    """A unit counts what was trained and examined at another unit, from a day until somebody ends it."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    of_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "of_unit"], condition=models.Q(ended_at__isnull=True), name="honours_a_unit_once"
            ),
            models.CheckConstraint(condition=~models.Q(unit=models.F("of_unit")), name="honours_another_unit"),
        ]

    def __str__(self) -> str:
        return self.code
