"""Somebody of other units is asked whether they belong to a person; until they answer nothing is tied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person


class AskedTie(models.Model):
    """A relation or a guardianship that staff has seen a paper of, and that the other one has to say yes to."""

    class What(models.TextChoices):
        RELATION = "relation", _("亲友关系")
        GUARDIAN = "guardian", _("监护")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    what = models.CharField(max_length=10, choices=What.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ties_asked")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ties_to_answer")
    kind = models.CharField(max_length=12, help_text="what the other is to the person: of a relation, or a capacity")
    paper = models.CharField(max_length=40, help_text="which paper was seen, such as 户口簿")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="answered, or taken back")
    is_yes = models.BooleanField(null=True, help_text="null: not answered")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "other", "what"], condition=Q(ended_at__isnull=True), name="asked_of_a_tie_once"
            ),
            models.CheckConstraint(condition=~Q(person=F("other")), name="nobody_is_asked_of_a_tie_to_oneself"),
        ]

    def __str__(self) -> str:
        return self.code
