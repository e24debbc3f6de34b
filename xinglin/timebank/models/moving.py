"""Minutes that people give each other, and minutes that the staff ask to move."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code


class Gift(models.Model):
    """Minutes that one person gives to another, to a unit's pool or to a team; held until the receiver nods."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等对方点头")
        ARRIVED = "arrived", _("已到账")
        DECLINED = "declined", _("对方没有收")
        WITHDRAWN = "withdrawn", _("已收回")
        LAPSED = "lapsed", _("过期退回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    giver = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    pool_unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    minutes = models.PositiveIntegerField()
    words = models.CharField(max_length=60, blank=True, help_text="from the giver to the receiver")
    state = models.CharField(max_length=10, choices=State.choices)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="when it goes back, while it waits")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver__isnull=False, pool_unit__isnull=True, team__isnull=True)
                | Q(receiver__isnull=True, pool_unit__isnull=False, team__isnull=True)
                | Q(receiver__isnull=True, pool_unit__isnull=True, team__isnull=False),
                name="gift_to_a_person_a_pool_or_a_team",
            ),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="no_gift_to_oneself"),
        ]
        indexes = [
            models.Index(fields=["giver", "-given_at"], name="gift_by_giver"),
            models.Index(fields=["receiver", "-given_at"], name="gift_by_receiver"),
            models.Index(fields=["expires_at"], condition=Q(state="waiting"), name="gift_waiting"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def origin(self) -> str:
        return f"gift:{self.code}"


class Request(models.Model):
    """One person of the staff asks that minutes be moved, another one decides; neither is whom it is about."""

    class Kind(models.TextChoices):
        POOL_GRANT = "pool_grant", _("公益池发放")
        RESERVE_GRANT = "reserve_grant", _("储备发放")
        RESERVE_FUNDING = "reserve_funding", _("拨入储备")
        REVERSAL = "reversal", _("冲回一笔")
        ADJUSTMENT = "adjustment", _("更正补入")
        TEAM_GIFT = "team_gift", _("团队捐出")

    class State(models.TextChoices):
        WAITING = "waiting", _("等另一人决定")
        DONE = "done", _("已入账")
        DECLINED = "declined", _("没有同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()
    transfer_id = models.BigIntegerField(null=True, help_text="id of the transfer that is corrected")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True)
    owed_minutes = models.PositiveIntegerField(default=0, help_text="of a reversal: what was spent already")

    class Meta:
        db_table = "timebank_request"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="minutes_moved_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"],
                condition=Q(state="waiting", kind="reversal"),
                name="one_waiting_request_per_reversal",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "asked_at"], condition=Q(state="waiting"), name="request_waiting"),
            models.Index(fields=["unit", "-asked_at"], name="request_by_unit"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> str:
        """The request as the trail and the ledger name it."""
        return f"request:{self.code}"
