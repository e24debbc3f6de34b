"""Rosters that somebody handed in at the desk: how far each has come, the sealed file, and what goes back."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code


class Roster(models.Model):
    """A list of people to take in: checked first, then taken in chunk by chunk; who is killed goes on where it was."""

    class State(models.TextChoices):
        CHECKING = "checking", _("正在检查")
        READY = "ready", _("等您确认")
        IMPORTING = "importing", _("正在导入")
        DONE = "done", _("已导入")
        DROPPED = "dropped", _("没有导入")
        FAILED = "failed", _("没有完成")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    file_name = models.CharField(max_length=120, blank=True)  # may name somebody: goes with the file
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    reach = ArrayField(models.BigIntegerField(), help_text="keys of the units that whoever handed it in may bring to")
    lines = models.PositiveIntegerField(default=0, help_text="filled lines; known after the check")
    done_lines = models.PositiveIntegerField(default=0)
    at_row = models.PositiveIntegerField(default=0, help_text="the last row of the sheet that is done")
    persons = models.PositiveIntegerField(default=0)
    memberships = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    back_lines = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict, help_text="how many lines go back, by the code of the reason")
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often the work began without coming further")
    touched_at = models.DateTimeField(help_text="when the work last came further")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-uploaded_at"], name="roster_by_whom")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.IMPORTING)

    @property
    def percent(self) -> int:
        return self.done_lines * 100 // self.lines if self.lines else 0


class RosterFile(models.Model):
    """What is personal of a roster, sealed. It goes away with the import, and some days later in any case."""

    roster = models.OneToOneField(Roster, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField(null=True, help_text="the file as it came, sealed; gone once it was taken in")
    first_lines = models.BinaryField(help_text="the first lines with numbers masked, as sealed JSON")
    back = models.BinaryField(null=True, help_text="the lines that go back, as a sealed workbook")

    def __str__(self) -> str:
        return f"file of {self.roster_id}"


class RosterPart(models.Model):
    """Why lines of one chunk go back; sealed, because a sentence may repeat what stood in a cell."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="parts")
    after_row = models.PositiveIntegerField()
    reasons = models.BinaryField(help_text="row → column → code and sentence, as sealed JSON")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "after_row"], name="one_part_of_a_roster_once")]

    def __str__(self) -> str:
        return f"{self.roster_id} after {self.after_row}"
