"""Accident insurance: what a unit has bought, and whom it covers on which days."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Volunteer
from xinglin.people.models.vetting import SealedFile


class Insurance(models.Model):
    """A contract with an insurer for some days, bought by a unit for its people and those of the units below it."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    insurer = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    cover = models.CharField(max_length=200, help_text="what is paid in which case, in words")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    file = models.OneToOneField(SealedFile, null=True, on_delete=models.PROTECT, related_name="insurance")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="insurance_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["insurer", "number"], name="one_insurance_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.code


class Insured(models.Model):
    """A volunteer is covered by a contract from a day on, until its end or until somebody took them off."""

    insurance = models.ForeignKey(Insurance, on_delete=models.PROTECT, related_name="insured")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="covers")
    since = models.DateField()
    until = models.DateField(help_text="the last day")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["insurance", "volunteer"],
                condition=models.Q(removed_at__isnull=True),
                name="insured_once_by_a_contract",
            )
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} by {self.insurance_id}"
