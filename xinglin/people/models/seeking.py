"""What people are found by: the words of each name, in an index of their own, beside what narrows them most often."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from xinglin.lib.word_index import Words
from xinglin.people.models.persons import Person


class Sought(models.Model):
    """By which words a person is found. A trigger adds the row; whoever writes a name, or a job, fills it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="sought")
    number = models.CharField(  # noqa: DJ001 – most of a row is null until it is known
        max_length=12, null=True, help_text="the volunteer's, kept by a trigger: answers in order"
    )
    volunteer_key = models.BigIntegerField(null=True, help_text="the same, kept by the trigger as well")
    state = models.CharField(max_length=10, null=True, help_text="the volunteer's, kept by the trigger")  # noqa: DJ001
    specialities = ArrayField(models.CharField(max_length=2), null=True, help_text="the same")
    stars = models.PositiveSmallIntegerField(
        null=True, help_text="the highest that was given and stands, kept by a trigger where stars are given"
    )
    words = Words(null=True, help_text="null: not filled yet, or the name has changed since")

    class Meta:
        indexes = [
            GinIndex(fields=["words", "specialities"], name="sought_by_words", fastupdate=False),
            models.Index(fields=["state", "number"], include=["person", "stars"], name="sought_in_state"),
            models.Index(fields=["person"], condition=models.Q(words__isnull=True), name="person_without_words"),
        ]

    def __str__(self) -> str:
        return f"words of {self.person_id}"
