"""Talks before the first shift: the times that a unit offers, and who comes to which."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Volunteer


class InterviewSlot(models.Model):
    """A time and place at which somebody of a unit talks with new volunteers; for those of units below it, too."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    places = models.PositiveSmallIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="called off; whoever had booked chooses again")

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="interview_slot_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="interview_slot_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(places__gte=1), name="interview_slot_has_a_place"),
        ]

    def __str__(self) -> str:
        return self.code


class Interview(models.Model):
    """A volunteer comes to a talk; afterwards somebody says how it went."""

    class State(models.TextChoices):
        BOOKED = "booked", _("约好了")
        CANCELLED = "cancelled", _("已取消")
        PASSED = "passed", _("通过")
        FAILED = "failed", _("这次没有通过")
        MISSED = "missed", _("没有来")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    slot = models.ForeignKey(InterviewSlot, on_delete=models.PROTECT, related_name="interviews")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="interviews")
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    booked_at = models.DateTimeField()
    notes = models.CharField(max_length=500, blank=True, help_text="for reviewers; the volunteer's export holds them")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(state="booked"), name="one_interview_booked_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["slot"], condition=models.Q(state="booked"), name="interview_holding_a_place")]

    def __str__(self) -> str:
        return self.code
