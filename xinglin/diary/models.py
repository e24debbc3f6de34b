"""One row per commitment of a person's time. The database refuses a second one that overlaps."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models


class Commitment(models.Model):
    """A person is booked for a span of time by a source such as `signup:8F3KQ2TM`; released when it ends early."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="commitments")
    span = DateTimeRangeField()
    source = models.CharField(max_length=40)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="nobody_is_in_two_places",
                expressions=[("person", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                condition=models.Q(released_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(released_at__isnull=True), name="one_booking_per_source"
            ),
        ]

    def __str__(self) -> str:
        return self.source
