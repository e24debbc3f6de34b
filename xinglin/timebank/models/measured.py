"""What was found at one moment: the health of the bank, and the sums of unlimited accounts."""

from __future__ import annotations

from django.db import models

from xinglin.timebank.models.ledger import Account


class Measurement(models.Model):
    """The health of the bank as it was found on one day: of a unit's members, or of all."""

    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    figures = models.JSONField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="one_measurement_a_day", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.day}"


class RollUp(models.Model):
    """What an unlimited account came to up to one transfer, so that its balance need not be added up from the first."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="+")
    up_to_id = models.BigIntegerField(help_text="the last transfer in the sum; no lower one can come any more")
    minutes = models.BigIntegerField()

    class Meta:
        db_table = "timebank_roll_up"

    def __str__(self) -> str:
        return f"{self.account_id}/{self.up_to_id}"
