"""Who somebody is: persons, volunteers, their cards and the units they belong to."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people import licences


class Person(models.Model):
    """A human being, once. The ID number is sealed; its blind index makes one person one account."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("女")
        MALE = "M", _("男")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField(null=True, blank=True)
    id_kind = models.CharField(max_length=2, help_text="national code list id_document")
    id_sealed = models.BinaryField()
    id_blind = models.BinaryField(max_length=32)
    id_tail = models.CharField(max_length=4, help_text="the last characters, for masked display")
    political_status = models.CharField(max_length=2, blank=True, help_text="national code list political_status")
    education = models.CharField(max_length=2, blank=True, help_text="national code list education")
    employment = models.CharField(max_length=2, blank=True, help_text="national code list employment")
    township = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True, help_text="since then only a code stands for somebody")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_here", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id_blind"], name="one_person_per_document")]

    def __str__(self) -> str:
        return self.code


class Volunteer(models.Model):
    """A person who was accepted to serve. The number is public; it stands on the card and in sign-in."""

    class State(models.TextChoices):
        ACTIVE = "active", _("在岗")
        SUSPENDED = "suspended", _("暂停")
        LEFT = "left", _("已退出")

    number = models.CharField(max_length=12, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="volunteer")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True, help_text="why suspended or left; empty while active")
    state_since = models.DateTimeField(null=True, blank=True)
    returns_on = models.DateField(
        null=True, blank=True, help_text="the day on which a suspension ends by itself; empty: when somebody says so"
    )
    joined_on = models.DateField()
    specialities = ArrayField(models.CharField(max_length=2), default=list, help_text="code list speciality")
    half_days = ArrayField(models.CharField(max_length=2), default=list, help_text="code list availability_half_day")
    note = models.CharField(max_length=200, blank=True)
    given_back = 0  # not kept: how many places went with the suspension that was just written

    class Meta:
        indexes = [
            GinIndex(fields=["specialities"], name="volunteer_by_speciality", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number


class Card(models.Model):
    """A code on a card, for whoever has no telephone. One holds at a time; a lost one never again."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="cards")
    token = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(ended_at__isnull=True), name="one_card_holds_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"card of {self.volunteer_id}"


class Membership(models.Model):
    """A volunteer belongs to a unit, mostly a team; to as many as they like."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="memberships")
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    is_lent = models.BooleanField(default=False, db_default=False, help_text="on loan: at home in another unit")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "unit"], condition=models.Q(left_on__isnull=True), name="member_of_a_unit_once"
            )
        ]
        indexes = [models.Index(fields=["unit", "volunteer"], name="member_by_unit")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}@{self.unit_id}"


class Qualification(models.Model):
    """A licence or training that a post may require, such as 执业医师; somebody saw the proof.

    Renewed or ended, the row stays; what has ended counts nowhere.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=40, help_text="执业医师, 急救培训导师 …, as plans write it")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40, blank=True, db_default="", help_text="what it rests on: submission:CODE")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(
        max_length=300, blank=True, db_default="", help_text="its holder reads it; empty: renewed"
    )

    class Meta:
        indexes = [models.Index(fields=["kind", "volunteer"], name="qualification_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind}@{self.volunteer_id}"

    @property
    def includes(self) -> tuple[str, ...]:
        """What else its holder counts as."""
        return licences.included_in(self.kind)
