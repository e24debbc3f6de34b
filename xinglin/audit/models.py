"""What is stored: one row for each thing done. Rows are only ever added; the database refuses anything else."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """Who did what to which thing, when, and why. Holds codes, never a name or a personal number."""

    at = models.DateTimeField()
    actor_code = models.CharField(max_length=12, blank=True, help_text="the user's code; empty: the system itself")
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=60, help_text="kind:code, such as shift:8F3KQ2TM")
    unit_path = models.CharField(max_length=255, blank=True, help_text="tree path of the unit it happened in")
    reason = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="plain values before and after; nothing personal")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["thing", "-id"], name="entry_by_thing"),
            models.Index(fields=["actor_code", "-id"], name="entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing}"
