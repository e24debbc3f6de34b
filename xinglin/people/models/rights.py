"""What somebody may ask about all of their data: a copy of it, its end, and one account made of two."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person


class DataCopy(models.Model):
    """A copy of everything about a person, made by a job and kept sealed for a few days."""

    class State(models.TextChoices):
        MAKING = "making", _("正在准备")
        READY = "ready", _("可以下载")
        GONE = "gone", _("已删除")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_copies")
    state = models.CharField(max_length=8, choices=State.choices, default=State.MAKING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    sealed = models.BinaryField(null=True, help_text="the file, sealed; empty once its time is over")
    expires_at = models.DateTimeField(null=True, blank=True)
    fetched = models.PositiveSmallIntegerField(default=0, help_text="how often it was downloaded")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["making", "ready"]), name="one_copy_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", sealed__isnull=False, expires_at__isnull=False)
                | ~Q(state="ready") & Q(sealed__isnull=True),
                name="copy_is_there_while_ready",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="ready"), name="copy_by_expiry")]

    def __str__(self) -> str:
        return self.code


class Erasure(models.Model):
    """Somebody shall be forgotten: they asked for it, or they left long ago."""

    class Cause(models.TextChoices):
        ASKED = "asked", _("本人要求")
        RETENTION = "retention", _("保存期限已到")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待办理")
        DONE = "done", _("已注销")
        DECLINED = "declined", _("没有办理")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="erasures")
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.ASKED)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="empty: the job"
    )
    asked_at = models.DateTimeField()
    paper = models.CharField(max_length=60, blank=True, help_text="where staff asked for them: which paper was seen")
    decide_from = models.DateTimeField(help_text="the waiting time, in which it can be taken back, is over")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was declined")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="waiting"), name="one_waiting_erasure"),
            models.CheckConstraint(
                # What retention proposed is done by the clock, unless somebody says no meanwhile.
                condition=~Q(state__in=["done", "declined"])
                | Q(decided_at__isnull=False) & (Q(decided_by__isnull=False) | Q(state="done", cause="retention")),
                name="erasure_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="erased_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["decide_from"], condition=Q(state="waiting"), name="erasure_waiting")]

    def __str__(self) -> str:
        return self.code


class Merging(models.Model):
    """Two accounts are one human being, says one of the staff; another one looks and decides."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等另一人决定")
        DONE = "done", _("已合并")
        DECLINED = "declined", _("没有同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mergings")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mergings_into_others")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    paper = models.CharField(max_length=60, help_text="how it was seen that both are one: which paper")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was declined")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(state="waiting"), name="one_waiting_merging"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merging_of_two"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "declined"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="merged_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.code
