"""What stands between joining and serving: gates passed, papers handed in for them, and who decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person, Volunteer

OPEN = ("waiting", "half")  # a submission on which the last word has not been said


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
    unit = models.ForeignKey(
        "organisation.Unit",
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="of a training: where it was passed; empty: before that was noted, and counts everywhere",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True, help_text="empty: renewed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "kind"],
                condition=models.Q(ended_at__isnull=True) & ~models.Q(kind="training"),
                name="gate_stands_once",
            ),
            models.UniqueConstraint(
                fields=["volunteer", "unit"],
                condition=models.Q(ended_at__isnull=True, kind="training"),
                name="training_stands_once_at_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SealedFile(models.Model):
    """A paper that somebody handed in, sealed with the city's key; deleted some time after it was decided about."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=20, help_text="as its first bytes say: application/pdf, image/jpeg, image/png")
    size_bytes = models.PositiveIntegerField()
    sealed = models.BinaryField(null=True, help_text="empty once deleted")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=False, deleted_at__isnull=True)
                | models.Q(sealed__isnull=True, deleted_at__isnull=False),
                name="file_is_there_or_deleted",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Submission(models.Model):
    """Something about a volunteer waits for a reviewer: a paper for a gate, a licence, or the wish to come back.

    Where two must decide, the first one's word is kept until somebody else says the same.
    """

    class What(models.TextChoices):
        PAPERS = "papers", _("核对证件原件")
        INTERVIEW = "interview", _("见面聊聊")
        NO_RECORD = "no_record", _("无犯罪记录证明")
        HEALTH = "health", _("健康证明")
        QUALIFICATION = "qualification", _("证书")
        RETURN = "return", _("恢复在岗")

    class State(models.TextChoices):
        WAITING = "waiting", _("待审核")
        HALF = "half", _("待第二人")
        ACCEPTED = "accepted", _("已通过")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="submissions")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=14, choices=What.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    title = models.CharField(max_length=40, blank=True, help_text="which licence")
    number_sealed = models.BinaryField(null=True, help_text="the licence's own number")
    number_tail = models.CharField(max_length=4, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    file = models.OneToOneField(SealedFile, null=True, on_delete=models.PROTECT, related_name="submission")
    source = models.CharField(max_length=40, blank=True, help_text="what a gate will rest on, such as interview:CODE")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was refused; the volunteer reads it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "what", "title"],
                condition=models.Q(state__in=list(OPEN)),
                name="one_open_submission_of_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["unit", "submitted_at"],
                condition=models.Q(state__in=list(OPEN)),
                name="submission_that_waits",
            )
        ]

    def __str__(self) -> str:
        return self.code
