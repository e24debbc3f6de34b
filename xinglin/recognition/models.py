"""Star schemes, the stars granted under them, what a star opens, and bars."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xinglin.lib.ids import short_code


class Scheme(models.Model):
    """What a unit, and all below it without one of their own, asks for each star: one version, from one day on."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="star_schemes")
    version = models.PositiveIntegerField(help_text="1, 2, 3 … of this unit")
    name = models.CharField(max_length=60)
    thresholds = ArrayField(models.PositiveIntegerField(), help_text="honour minutes for one, two … stars, rising")
    starts_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "version"], name="one_scheme_per_unit_and_version"),
            models.UniqueConstraint(fields=["unit", "starts_at"], name="one_scheme_of_a_unit_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class Grant(models.Model):
    """One star of one person: which, under which scheme, since when, published until when. Never taken by a scheme."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="stars")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="grants")
    # The unit's stars, whichever version of its scheme granted them: that is what makes each a star once.
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    reached_at = models.DateTimeField(help_text="when the minutes were there")
    granted_at = models.DateTimeField()
    published_until = models.DateTimeField(help_text="from this moment on the star counts")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdraw_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "level"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_star_per_person_and_level",
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="star_has_a_level"),
            models.CheckConstraint(condition=Q(published_until__gte=F("granted_at")), name="star_published_forwards"),
        ]
        indexes = [
            models.Index(fields=["unit", "-granted_at"], name="star_by_unit"),
            models.Index(
                fields=["level", "person"], include=["published_until", "withdrawn_at"], name="star_of_a_level"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Privilege(models.Model):
    """What a star of a unit opens, in words: 绿色通道. A benefit that a star pays for names it."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="privileges")
    level = models.PositiveSmallIntegerField(help_text="from this star on")
    title = models.CharField(max_length=60)
    note = models.CharField(max_length=160, blank=True, help_text="where, and how to ask for it")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"], condition=Q(ends_at__isnull=True), name="privilege_named_once_per_unit"
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="privilege_has_a_level"),
        ]

    def __str__(self) -> str:
        return self.code


class Bar(models.Model):
    """For bad conduct somebody rises to no further star until a day; stars that stand are kept."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="star_bars")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="bar_ends_after_start")]
        indexes = [models.Index(fields=["person", "ends_at"], name="star_bar_by_person")]

    def __str__(self) -> str:
        return self.code
