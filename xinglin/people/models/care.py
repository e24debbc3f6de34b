"""Who decides for whom, who is helped by the staff, and what a coordinator must know in practice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.joining import DocumentText
from xinglin.people.models.persons import Person
from xinglin.people.models.vetting import SealedFile


class Guardianship(models.Model):
    """A grown-up decides for a minor, from their own account: consented, on a paper that somebody saw."""

    class Capacity(models.TextChoices):
        PARENT = "parent", _("父母")
        GRANDPARENT = "grandparent", _("祖父母、外祖父母")
        OTHER = "other", _("其他监护人")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wards")
    capacity = models.CharField(max_length=12, choices=Capacity.choices)
    paper = models.CharField(max_length=40, help_text="which paper was seen, such as 户口簿")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    # The guardian says yes to the child's serving, to one version of a text; until then nothing is consented to.
    consented_at = models.DateTimeField(null=True, blank=True)
    text = models.ForeignKey(DocumentText, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    consent_paper = models.CharField(
        max_length=60, blank=True, db_default="", help_text="on which paper, where staff entered it; empty: themselves"
    )
    consent_entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "guardian"], condition=Q(ended_at__isnull=True), name="one_guardianship_of_two"
            ),
            models.CheckConstraint(condition=~Q(child=F("guardian")), name="nobody_is_their_own_guardian"),
        ]

    def __str__(self) -> str:
        return self.code


class Wish(models.Model):
    """A minor would like to do something that their guardian decides, such as `post:8F3KQ2TM`. It holds no place."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wishes")
    source = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_granted = models.BooleanField(null=True, help_text="null: not decided")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "source"], condition=Q(decided_at__isnull=True), name="wished_for_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Assistance(models.Model):
    """Staff acts for somebody who cannot use a telephone: who consented, in what capacity, on which paper."""

    class Capacity(models.TextChoices):
        SELF = "self", _("本人当面同意")
        CHILD = "child", _("子女")
        SPOUSE = "spouse", _("配偶")
        GUARDIAN = "guardian", _("监护人")
        OTHER = "other", _("其他亲属或照护人")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assistances")
    consented_sealed = models.BinaryField(help_text="the name of whoever said yes, sealed: it may be somebody else's")
    capacity = models.CharField(max_length=10, choices=Capacity.choices)
    paper = models.CharField(max_length=60, help_text="which paper, signed when")
    text = models.ForeignKey(  # the version that the paper had
        DocumentText, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    file = models.ForeignKey(SealedFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="one_standing_assistance"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Practical(models.Model):
    """What a coordinator must know of somebody in practice: the size of the vest, whom to call, meals and fares."""

    class Size(models.TextChoices):
        S = "S", "S"
        M = "M", "M"
        L = "L", "L"
        XL = "XL", "XL"
        XXL = "XXL", "XXL"
        XXXL = "XXXL", "XXXL"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="practical")
    vest = models.CharField(max_length=4, choices=Size.choices, blank=True)
    emergency_sealed = models.BinaryField(null=True, help_text="name and phone of whom to call, sealed")
    emergency_tail = models.CharField(max_length=4, blank=True, help_text="the phone's last digits, for masked display")
    takes_meal = models.BooleanField(default=False)
    takes_fare = models.BooleanField(default=False)
    note = models.CharField(max_length=100, blank=True, help_text="what else to mind; never an illness")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"practical of {self.person_id}"
