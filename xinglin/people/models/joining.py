"""How somebody came in: applications, the texts they agreed to, what they signed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Person, Volunteer


class Application(models.Model):
    """Somebody asks to become a volunteer of a unit; a coordinator approves, asks back or refuses with a reason."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待审核")
        ASKED_BACK = "asked_back", _("请补充")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)
    specialities = ArrayField(models.CharField(max_length=2), default=list)
    half_days = ArrayField(models.CharField(max_length=2), default=list)
    note = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state__in=["submitted", "asked_back"]),
                name="one_open_application_per_person",
            )
        ]

    def __str__(self) -> str:
        return self.code


class DocumentText(models.Model):
    """The text that people consent to or sign, by kind and version. A new text is a new row."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("个人信息处理")
        LOCATION = "location", _("签到位置")
        AGREEMENT = "agreement", _("志愿服务协议")
        HEALTH = "health", _("健康信息")
        GUARDIAN = "guardian", _("监护人同意")
        ASSISTANCE = "assistance", _("代办同意")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=80)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="one_text_per_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Consent(models.Model):
    """A person said yes to one text for one purpose; withdrawal is as easy, and takes effect at once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(DocumentText, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    paper = models.CharField(
        max_length=60, blank=True, db_default="", help_text="on which paper, where staff entered it; empty: themselves"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="a guardian, of a child; empty: themselves",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who of the staff saw the paper",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="a guardian, or staff at their word; empty: themselves",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text"], condition=models.Q(withdrawn_at__isnull=True), name="consent_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.text_id} of {self.person_id}"


class Agreement(models.Model):
    """The service agreement, signed by typing one's own name, and drawing it if one likes.

    Whoever signs for somebody else is known by the key alone, so that their name goes with them.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="agreements")
    text = models.ForeignKey(DocumentText, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=60, blank=True, help_text="their own; empty where another signed")
    guardianship = models.ForeignKey(  # the guardian signed, for a minor
        "people.Guardianship", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assistance = models.ForeignKey(  # a relative or carer signed, on paper
        "people.Assistance", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    drawing_sealed = models.BinaryField(null=True, help_text="the signature as drawn; empty: typed only")
    paper = models.CharField(
        max_length=60, blank=True, db_default="", help_text="on which paper, where staff entered it; empty: themselves"
    )
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["volunteer", "text"], name="agreement_signed_once")]

    def __str__(self) -> str:
        return f"{self.text_id} of {self.volunteer_id}"
