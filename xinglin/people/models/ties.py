"""Who belongs to whom, and who is in hardship."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person


class Relation(models.Model):
    """Two persons belong to each other, as somebody of the staff has seen: what `relative` is to `person`."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("父母")
        SPOUSE = "spouse", _("配偶")
        CHILD = "child", _("子女")
        RELATIVE = "relative", _("其他亲属")
        FRIEND = "friend", _("朋友")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations_of_others")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    paper = models.CharField(max_length=40, help_text="which paper was seen, such as 户口簿; or that both said so")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Whoever stands first: two people have one relation.
            models.UniqueConstraint(
                Least("person", "relative"),
                Greatest("person", "relative"),
                condition=models.Q(ended_at__isnull=True),
                name="one_standing_relation_of_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("relative")), name="nobody_is_their_own_relative"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Hardship(models.Model):
    """Somebody decided that a person is in hardship until a day: an exception that policies may know. Sensitive."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="hardships")
    paper = models.CharField(max_length=40, help_text="which paper was seen; never an illness")
    until = models.DateField(help_text="the last day")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="one_standing_hardship"
            )
        ]

    def __str__(self) -> str:
        return self.code
