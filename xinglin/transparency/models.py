"""Who receives the log's checkpoint each day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from xinglin.lib.ids import short_code


class Recipient(models.Model):
    """An auditor or a partner who keeps the daily checkpoints, so that nobody can write the log anew."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    name = models.CharField(max_length=60, help_text="the office, such as 瑞安市审计局")
    address_sealed = models.BinaryField(help_text="e-mail")
    address_blind = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    last_size = models.BigIntegerField(default=0, help_text="leaves in the checkpoint that they received last")
    last_trouble = models.CharField(max_length=120, blank=True, help_text="why the last try failed; empty: it went out")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_blind"],
                condition=models.Q(removed_at__isnull=True),
                name="one_daily_mail_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.code
