"""家庭: people who live together or look after each other. It gives no right to minutes: that is a relation's."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person


class Household(models.Model):
    """A family or whoever lives together, begun by one of them or by staff; over once nobody is in it."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class HouseholdMember(models.Model):
    """A person is asked into a household, or belongs to it: at most to one at a time, and for as long as they like."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="households")
    paper = models.CharField(max_length=60, blank=True, help_text="which paper staff saw; empty: their own yes")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True, help_text="empty: asked, and has not answered")
    lets_sign_up = models.BooleanField(default=False, help_text="the others may sign them up for shifts")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(joined_at__isnull=False, ended_at__isnull=True), name="in_one_household"
            ),
            models.UniqueConstraint(
                fields=["household", "person"], condition=Q(ended_at__isnull=True), name="once_in_a_household"
            ),
        ]

    def __str__(self) -> str:
        return self.code
