"""Activities with their shifts and posts; who signed up; who came and left, when, and how we know."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.activities.rules import Slot
from xinglin.lib.geo import Point
from xinglin.lib.ids import short_code


class Activity(models.Model):
    """What is done at a place under a project: content, place, conditions, risks, guarantees."""

    class Datum(models.TextChoices):
        WGS84 = "wgs84", _("手机或北斗、GPS 定位")
        GCJ02 = "gcj02", _("高德、腾讯地图")
        BD09 = "bd09", _("百度地图")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="activities")
    name = models.CharField(max_length=80)
    place_name = models.CharField(max_length=120)
    township = models.CharField(max_length=40, blank=True)
    # WGS-84; both or none. Without a place known to the metre, a poster check-in needs the leader's nod.
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    datum = models.CharField(max_length=10, choices=Datum.choices, default=Datum.WGS84, help_text="as it came in")
    radius_m = models.PositiveIntegerField(default=200)
    briefing = models.TextField(blank=True)
    risks = models.CharField(max_length=300)
    guarantees = models.CharField(max_length=300, blank=True)
    kinds_of_service = ArrayField(
        models.CharField(max_length=12),
        default=list,
        db_default=[],
        help_text="of organisation.policies.KINDS_OF_SERVICE: they ask for gates of vetting",
    )
    source = models.CharField(
        max_length=120, null=True, blank=True, unique=True, help_text="row of the plan it came from"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    # Said outright, because a check on NULL counts as passed.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="place_has_both_coordinates",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_of_demo(self) -> bool:
        """Made up by `load_demo`, coordinates too."""
        return (self.source or "").startswith("demo:")

    @property
    def point(self) -> Point | None:
        """Where it is on WGS-84, if anyone has said so."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)


class Shift(models.Model):
    """One span of time of an activity that people can take."""

    class State(models.TextChoices):
        OPEN = "open", _("招募中")
        CLOSED = "closed", _("已结束")
        CANCELLED = "cancelled", _("已取消")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="led_shifts"
    )
    cancel_reason = models.CharField(max_length=300, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True, help_text="sign-up closes; empty: when the shift starts")

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="shift_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True) | models.Q(closes_at__lte=models.F("ends_at")),
                name="sign_up_closes_by_the_end",
            ),
            models.UniqueConstraint(fields=["activity", "starts_at"], name="one_shift_of_an_activity_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @property
    def sign_up_closes_at(self) -> dt.datetime:
        """Until when places are given: the start, unless the unit lets people join later or wants to know earlier."""
        return self.closes_at or self.starts_at


class Post(models.Model):
    """A kind of work within a shift with its number of places and what it requires."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    name = models.CharField(max_length=40)
    places = models.PositiveSmallIntegerField()
    requires = models.CharField(max_length=40, blank=True, help_text="a speciality or qualification, as plans write it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "name"], name="one_post_of_a_name_per_shift"),
            models.CheckConstraint(condition=models.Q(places__gte=1), name="post_has_a_place"),
        ]

    def __str__(self) -> str:
        return self.code


class Signup(models.Model):
    """A volunteer took a place of a post, gave it back, or lost it because the shift was called off."""

    class State(models.TextChoices):
        TAKEN = "taken", _("已报名")
        CANCELLED = "cancelled", _("已取消")
        CALLED_OFF = "called_off", _("班次已取消")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="signups")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="signups")
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="signups")
    state = models.CharField(max_length=10, choices=State.choices, default=State.TAKEN)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="who signed them up for them, from a list of a chat say; empty: they did so themselves",
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_late = models.BooleanField(
        default=False, help_text="later than the policy asks; kept apart from no-shows"
    )
    cancel_reason = models.CharField(max_length=300, blank=True)
    # Wrong spoken codes since the last right one: six digits are few, so the tries must be fewer.
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    wrong_code_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["post"], condition=models.Q(state="taken"), name="signup_holding_a_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "shift"], condition=models.Q(state="taken"), name="signup_once_per_shift"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def source(self) -> str:
        """Under this name the diary and the hours know it."""
        return f"signup:{self.code}"

    @property
    def joined_late(self) -> bool:
        """Was it written down from the sheet of paper, after nobody could sign up any more?"""
        return self.taken_by_id is not None and self.taken_at >= max(self.shift.starts_at, self.shift.sign_up_closes_at)


class GuardiansWord(models.Model):
    """A guardian without a telephone said yes to one sign-up of a child: who, how and when, as staff wrote it down."""

    class How(models.TextChoices):
        PAPER = "paper", _("签了字条")
        IN_PERSON = "in_person", _("当面说的")
        CALL = "call", _("电话里说的")

    signup = models.OneToOneField(Signup, on_delete=models.PROTECT, related_name="guardians_word")
    guardianship = models.ForeignKey("people.Guardianship", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    said_on = models.DateField()
    paper = models.CharField(max_length=60, blank=True, help_text="which note, where one was signed")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"word on {self.signup_id}"


class Attendance(models.Model):
    """One coming and leaving of one sign-up, how each was seen, and who vouches for it. Raw times are kept."""

    class How(models.TextChoices):
        CODE = "code", _("扫码")
        LOCATION = "location", _("海报码加位置")
        NOD = "nod", _("海报码加带队人确认")
        LEADER = "leader", _("带队人登记")
        FORCED = "forced", _("系统代签")
        TEAM_ENTRY = "team_entry", _("团队补录")

    signup = models.OneToOneField(Signup, on_delete=models.PROTECT, related_name="attendance")
    came_at = models.DateTimeField()
    came_how = models.CharField(max_length=10, choices=How.choices)
    # When and by whom the mark was made: a leader may enter a time that has passed, and must stand by it.
    came_marked_at = models.DateTimeField()
    came_marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    came_distance_m = models.PositiveIntegerField(null=True, blank=True, help_text="verdict only; no coordinates kept")
    left_at = models.DateTimeField(null=True, blank=True)
    left_how = models.CharField(max_length=10, choices=How.choices, blank=True)
    left_marked_at = models.DateTimeField(null=True, blank=True)
    left_marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    left_distance_m = models.PositiveIntegerField(null=True, blank=True)
    # Set when a leader must still vouch: a poster without location, a forced check-out.
    waits_for_nod = models.BooleanField(default=False)
    nodded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    nodded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("came_at")),
                name="nobody_leaves_before_coming",
            )
        ]
        indexes = [
            models.Index(fields=["signup"], condition=models.Q(left_at__isnull=True), name="attendance_under_way"),
            models.Index(fields=["signup"], condition=models.Q(waits_for_nod=True), name="attendance_waiting_for_nod"),
        ]

    def __str__(self) -> str:
        return f"attendance of {self.signup_id}"
