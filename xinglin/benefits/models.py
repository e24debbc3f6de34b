"""The catalogue of benefits and the vouchers given for them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.benefits import rules
from xinglin.lib.ids import short_code


class Benefit(models.Model):
    """What a unit gives to its volunteers and those of all units below it, for minutes or from a star on."""

    class Kind(models.TextChoices):
        HEALTH = "health", _("健康")
        SERVICE = "service", _("服务")
        LEARNING = "learning", _("学习")
        LIFE = "life", _("生活")

    class Period(models.TextChoices):
        MONTH = rules.Period.MONTH.value, _("每月")
        YEAR = rules.Period.YEAR.value, _("每年")
        EVER = rules.Period.EVER.value, _("一共")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="benefits")
    title = models.CharField(max_length=60)
    description = models.CharField(max_length=500)
    provider = models.CharField(max_length=80, help_text="who gives it: a department, a firm")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    price_minutes = models.PositiveIntegerField(help_text="0: nothing is taken")
    level = models.PositiveSmallIntegerField(default=0, help_text="from this star on; 0: no star is asked for")
    privilege = models.ForeignKey(
        "recognition.Privilege", null=True, blank=True, on_delete=models.PROTECT, related_name="benefits"
    )
    stock_left = models.PositiveIntegerField(null=True, blank=True, help_text="null: without limit")
    quota = models.PositiveSmallIntegerField(null=True, blank=True, help_text="per person and period; null: no limit")
    period = models.CharField(max_length=6, choices=Period.choices, default=Period.YEAR)
    voucher_days = models.PositiveSmallIntegerField(help_text="for how many days a voucher holds")
    where_to_use = models.CharField(max_length=160)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="benefit_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(voucher_days__gte=1), name="voucher_holds_a_day_at_least"),
            models.CheckConstraint(
                condition=Q(quota__isnull=True) | Q(quota__gte=1), name="benefit_quota_is_one_or_more"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it is given."""
        return rules.last_day(self.ends_at) if self.ends_at else None


class Voucher(models.Model):
    """A benefit that one person redeemed: a code to show, minutes set aside under `voucher:CODE`, and one end."""

    class State(models.TextChoices):
        UNUSED = rules.State.UNUSED.value, _("未使用")
        USED = rules.State.USED.value, _("已使用")
        RETURNED = rules.State.RETURNED.value, _("已退回")
        REFUSED = rules.State.REFUSED.value, _("未能使用")
        EXPIRED = rules.State.EXPIRED.value, _("已过期")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="vouchers")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="vouchers")
    # Drawn by the page, so that a button pressed twice gives one voucher.
    request = models.CharField(max_length=32)
    # As promised when it was given, whatever is edited later.
    title = models.CharField(max_length=60)
    where_to_use = models.CharField(max_length=160)
    minutes = models.PositiveIntegerField(help_text="set aside in the time bank; 0: by star")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNUSED)
    redeemed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="why the desk refused it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "request"], name="voucher_asked_for_once"),
            models.CheckConstraint(
                condition=Q(state="unused", ended_at__isnull=True) | (~Q(state="unused") & Q(ended_at__isnull=False)),
                name="voucher_ends_with_its_state",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("redeemed_at")), name="voucher_expires_later"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="unused"), name="voucher_waiting_for_its_end"),
            models.Index(fields=["person", "-redeemed_at"], name="voucher_by_person"),
            models.Index(fields=["benefit", "-redeemed_at"], name="voucher_by_benefit"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def last_day(self) -> dt.date:
        """The last day on which it can be used."""
        return rules.last_day(self.expires_at)

    @property
    def origin(self) -> str:
        """What the time bank calls it."""
        return f"voucher:{self.code}"
