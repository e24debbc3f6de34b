"""Notices that go down the tree of units, and the receipts of those who have read them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code


class Circular(models.Model):
    """Somebody of a unit writes to all below it: to everybody, or to those who work or lead there."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("所有人")
        STAFF = "staff", _("工作人员和队长")

    class Phones(models.TextChoices):
        NOT = "", _("不发，打开杏林时看到")
        PLAIN = "plain", _("也发到手机，晚上不打扰")
        URGENT = "urgent", _("急事，马上发到手机")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    title = models.CharField(max_length=60)
    text = models.TextField(max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    phones = models.CharField(max_length=8, choices=Phones.choices, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["-written_at"], name="circular_by_time")]

    def __str__(self) -> str:
        return self.code


class Reach(models.Model):
    """A unit that a circular reaches, and below which other one: the tree as it stood when the circular was written.

    A unit that moves afterwards takes along what it was told and is told nothing of before. A joint team stands below
    each of its parents that is reached.
    """

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, db_index=False, related_name="reaches")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, db_index=False, related_name="+")
    above = models.ForeignKey(
        "organisation.Unit",
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        help_text="null: the unit that wrote it",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circular", "above", "unit"], nulls_distinct=False, name="reached_once_below_each"
            )
        ]
        indexes = [models.Index(fields=["unit", "circular"], name="reach_by_unit")]

    def __str__(self) -> str:
        return f"{self.circular_id} → {self.unit_id}"


class Receipt(models.Model):
    """Somebody has opened a circular."""

    circular = models.ForeignKey(Circular, on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "user"], name="one_receipt_per_reader")]

    def __str__(self) -> str:
        return f"{self.circular_id} read"


class Telling(models.Model):
    """A circular on its way to the phones of those who have not opened it: at first, or to remind them.

    A job tells them in the order of their keys and writes down how far it has come with what it told: where a worker
    was killed, the next one goes on, and nobody is told twice.
    """

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, db_index=False, related_name="tellings")
    day = models.DateField()
    is_reminder = models.BooleanField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0, help_text="how many people so far")
    last_user = models.BigIntegerField(default=0, help_text="key of the last one who was told")
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often the work began without coming further")
    touched_at = models.DateTimeField(help_text="when the work last came further")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "day"], name="told_once_a_day")]
        indexes = [models.Index(fields=["touched_at"], condition=Q(finished_at__isnull=True), name="telling_at_work")]

    def __str__(self) -> str:
        return f"{self.circular_id} on {self.day:%Y-%m-%d}"
