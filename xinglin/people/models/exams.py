"""The exam before the first shift: a bank of questions, and who answered how many of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Volunteer


class Question(models.Model):
    """A question with its choices, of which one is right. A changed question is a new row; the old one is retired."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: for everybody"
    )
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    choices = ArrayField(models.CharField(max_length=120))
    choices_en = ArrayField(models.CharField(max_length=120), default=list)
    right = models.PositiveSmallIntegerField(help_text="which of the choices, from nought")
    why = models.CharField(max_length=300, blank=True, help_text="said to whoever chose another")
    why_en = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(choices__len__gte=2, choices__len__lte=6), name="question_has_some_choices"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Exam(models.Model):
    """One try: which questions were asked, what was chosen, and whether it was enough by the policy of that day."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="exams")
    unit = models.ForeignKey(
        "organisation.Unit",
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="by whose bank and policies; empty: before that was noted",
    )
    questions = ArrayField(models.CharField(max_length=12), help_text="codes, in the order asked")
    answers = ArrayField(models.PositiveSmallIntegerField(), default=list)
    right_count = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField()
    has_passed = models.BooleanField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="who read it aloud to somebody without a telephone; empty: they read it themselves",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(finished_at__isnull=True), name="one_exam_under_way"
            )
        ]

    def __str__(self) -> str:
        return self.code
