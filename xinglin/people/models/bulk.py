"""Something done to many volunteers at once: whom, what, how far it has come, and the answer for each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.insurance import Insurance
from xinglin.people.models.persons import Volunteer


class Bulk(models.Model):
    """One thing for many volunteers: chosen, then done chunk by chunk, and for some hours taken back as a whole."""

    class Kind(models.TextChoices):
        PUT_IN = "put_in", _("加入队伍")
        TAKE_OUT = "take_out", _("移出队伍")
        COVER = "cover", _("加进保单")

    class State(models.TextChoices):
        CHOSEN = "chosen", _("选好了人")
        RUNNING = "running", _("正在办")
        DONE = "done", _("办完了")
        CANCELLED = "cancelled", _("中途停下")
        FAILED = "failed", _("没有办完")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("撤销了")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    people = models.PositiveIntegerField(help_text="how many were chosen")
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    insurance = models.ForeignKey(Insurance, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHOSEN)
    tally = models.JSONField(default=dict, help_text="how many had which outcome")
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often the work began without coming further")
    touched_at = models.DateTimeField(help_text="when the work last came further")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="chosen")
                | Q(kind="cover", insurance__isnull=False)
                | Q(kind__in=("put_in", "take_out"), unit__isnull=False),
                name="a_bulk_at_work_has_a_target",
            )
        ]
        indexes = [
            models.Index(fields=["by", "-chosen_at"], name="bulk_by_whom"),
            models.Index(fields=["touched_at"], condition=Q(state__in=("running", "undoing")), name="bulk_at_work"),
        ]

    def __str__(self) -> str:
        return self.code


class BulkStep(models.Model):
    """The answer for one volunteer. It goes with the person, and with all others some days later."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("等着办")
        DONE = "done", _("办成")
        ALREADY = "already", _("本来就是")
        REFUSED = "refused", _("没有办")
        UNDONE = "undone", _("撤销了")
        KEPT = "kept", _("没有撤销")

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="steps")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="bulk_steps")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    why = models.CharField(max_length=40, blank=True, help_text="the code of the refusal")
    made = models.BigIntegerField(null=True, help_text="key of the membership or cover that was made or ended")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "volunteer"], name="one_step_of_a_bulk_each")]
        indexes = [models.Index(fields=["bulk", "outcome", "volunteer"], name="bulk_step_by_outcome")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.volunteer_id}"
