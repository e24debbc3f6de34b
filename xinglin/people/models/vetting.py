"""What stands between joining and serving: the gates that somebody has passed, dated, with who decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Volunteer


class Gate(models.Model):
    """A volunteer passed a gate of vetting on a day, by somebody's word, until a day. Renewed or ended, the row stays.

    The other gates have tables of their own: the review is an application, the agreement a signature.
    """

    class Kind(models.TextChoices):
        PAPERS = "papers", _("核对证件原件")
        INTERVIEW = "interview", _("见面聊聊")
        TRAINING = "training", _("防护培训与考试")
        NO_RECORD = "no_record", _("无犯罪记录证明")
        HEALTH = "health", _("健康证明")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="gates")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    passed_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="the last day; empty: for good")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: an exam"
    )
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    source = models.CharField(max_length=40, blank=True, help_text="what it rests on, such as exam:CODE")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True, help_text="empty: renewed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "kind"], condition=models.Q(ended_at__isnull=True), name="gate_stands_once"
            )
        ]

    def __str__(self) -> str:
        return self.code
