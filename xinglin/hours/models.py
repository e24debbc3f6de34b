"""Service records: who served, where, from when to when, how many minutes, how we know, who confirmed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code


class Span(Func):
    """From coming to leaving, the end not included: back to back is no overlap."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Record(models.Model):
    """One finished service of one person. Never deleted; a correction is a new row that points to the old one."""

    class State(models.TextChoices):
        RECORDED = "recorded", _("待确认")
        PUBLICISED = "publicised", _("公示中")
        EFFECTIVE = "effective", _("已生效")
        VOIDED = "voided", _("已作废")

    class Provenance(models.TextChoices):
        CODE = "code", _("扫码签到签退")
        LOCATION = "location", _("海报码加位置")
        NOD = "nod", _("带队人确认")
        LEADER = "leader", _("带队人登记")
        FORCED = "forced", _("系统代签")
        TEAM_ENTRY = "team_entry", _("团队补录")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="records")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="records")
    source = models.CharField(max_length=60, help_text="where it comes from, such as signup:8F3KQ2TM")
    title = models.CharField(max_length=120, help_text="what was done, in the words of the activity and post")
    category = models.CharField(max_length=4, help_text="national code list service_category")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    provenance = models.CharField(max_length=10, choices=Provenance.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Not before this moment does it take effect: the undo window and the publication period are over then.
    takes_effect_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    # Decided by the policy that held when it was recorded, so that a later policy changes nothing that was promised.
    is_credited = models.BooleanField(default=False, help_text="shall the time bank take it, or honour only")
    credited_minutes = models.PositiveIntegerField(default=0, help_text="what the time bank took of it")
    rate_percent = models.PositiveSmallIntegerField(
        default=100, db_default=100, help_text="of these minutes, for the time bank"
    )
    daily_limit_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="the most that the time bank takes of one day; null: no limit"
    )
    lacks = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
        help_text="what the person lacked on that day, in codes of people.duty: entered by hand all the same",
    )
    void_reason = models.CharField(max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=~models.Q(state="voided"), name="one_standing_record_per_source"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="record_ends_after_start"
            ),
            ExclusionConstraint(
                name="no_two_records_of_the_same_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=~models.Q(state="voided"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["takes_effect_at"], condition=models.Q(state="publicised"), name="record_waiting_for_effect"
            ),
            models.Index(fields=["person", "-starts_at"], name="record_by_person"),
            models.Index(
                fields=["unit", "recorded_at"], condition=models.Q(state="recorded"), name="record_waiting_for_word"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Effect(models.Model):
    """How a record stood when it took effect, or when that changed later. Written by the database; see effects.py."""

    record_code = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    person_code = models.CharField(max_length=12)
    unit_code = models.CharField(max_length=12)
    source = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    category = models.CharField(max_length=4)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    credited_minutes = models.PositiveIntegerField()
    provenance = models.CharField(max_length=10)
    recorded_at = models.DateTimeField()
    recorded_by_code = models.CharField(max_length=12, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_code = models.CharField(max_length=12, blank=True)
    effective_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)
    corrects_code = models.CharField(max_length=12, blank=True)
    salt = models.UUIDField(db_default=RandomUUID(), help_text="keeps a sealed leaf from being guessed")

    class Meta:
        indexes = [models.Index(fields=["record_code", "-id"], name="effect_by_record")]

    def __str__(self) -> str:
        return f"{self.record_code}: {self.state}"
