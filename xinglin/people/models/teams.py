"""How volunteers come from one team to another: by their own wish, by transfer, or lent for a while."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.people.models.persons import Volunteer

STANDING = ("asked", "offered", "agreed")


class Move(models.Model):
    """One volunteer on the way into a team: who asked, whose word is still needed, and until when if they are lent."""

    class Kind(models.TextChoices):
        JOIN = "join", _("申请入队")
        TRANSFER = "transfer", _("转队")
        LOAN = "loan", _("借调")

    class State(models.TextChoices):
        ASKED = "asked", _("等单位同意")
        OFFERED = "offered", _("等本人同意")
        AGREED = "agreed", _("说好了，还没到日子")
        DONE = "done", _("已办")
        OVER = "over", _("借调结束")
        REFUSED = "refused", _("单位没有同意")
        DECLINED = "declined", _("本人没有同意")
        WITHDRAWN = "withdrawn", _("已撤回")
        LAPSED = "lapsed", _("过期没有答复")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="moves")
    from_unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    # Whose word is awaited while it is asked: the unit that did not ask.
    asks_unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="of a loan: the last day")
    reason = models.CharField(max_length=200, blank=True, help_text="as the volunteer reads it")
    state = models.CharField(max_length=10, choices=State.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="why it was refused or declined")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="the volunteer's own word")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "to_unit"], condition=Q(state__in=STANDING), name="one_standing_move_into_a_unit"
            ),
            models.CheckConstraint(
                condition=Q(kind="loan", until__isnull=False, until__gte=F("starts_on"))
                | (~Q(kind="loan") & Q(until__isnull=True)),
                name="a_loan_has_a_last_day",
            ),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="a_move_leads_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["asks_unit", "asked_at"], condition=Q(state="asked"), name="move_asked"),
            models.Index(fields=["state", "starts_on"], condition=Q(state__in=("agreed", "done")), name="move_by_day"),
        ]

    def __str__(self) -> str:
        return self.code
