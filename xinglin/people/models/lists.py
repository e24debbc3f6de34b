"""Lists that people at a desk keep: searches with a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from xinglin.lib.ids import short_code

LONGEST_NAME = 30


class SavedList(models.Model):
    """A search with a name, of one person at a desk or of all colleagues at a unit; it finds whoever fits it today."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        "organisation.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose staff share it",
    )
    name = models.CharField(max_length=LONGEST_NAME)
    asked = models.JSONField(default=dict, help_text="what was chosen, by the names that stand in the address")
    words_sealed = models.BinaryField(null=True, help_text="what was typed, which may be somebody's name")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_saved_list_of_a_name")]

    def __str__(self) -> str:
        return self.code
