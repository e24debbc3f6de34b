"""How a service came to its credit, and what it left below a whole minute."""

from __future__ import annotations

from django.db import models

from xinglin.timebank import rules


class Reckoning(models.Model):
    """How one service came to its credit, where a rate, a daily limit or a cap had a say. One row per service."""

    key = models.CharField(max_length=rules.LONGEST_KEY, help_text="of the credit, such as record:8F3KQ2TM")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="of the service, in China")
    served_minutes = models.PositiveIntegerField()
    rate_percent = models.PositiveSmallIntegerField()
    credited_minutes = models.PositiveIntegerField(help_text="to the member")
    overflow_minutes = models.PositiveIntegerField(help_text="above the cap, to the overflow account")
    refused_minutes = models.PositiveIntegerField(help_text="above the daily limit: honour only")
    carried_hundredths = models.IntegerField(help_text="left below a whole minute, after this service")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True, help_text="when the service was voided")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="one_reckoning_per_service")]
        indexes = [models.Index(fields=["person", "day"], name="reckoning_by_person_and_day")]

    def __str__(self) -> str:
        return self.key


class Remainder(models.Model):
    """What a person's services left below a whole minute, carried to the next one."""

    person = models.OneToOneField("people.Person", primary_key=True, on_delete=models.PROTECT, related_name="+")
    hundredths = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.person_id}"
