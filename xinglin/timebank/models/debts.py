"""What a reversal could not take back, and who forgave it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinglin.lib.ids import short_code
from xinglin.people.models import Person
from xinglin.timebank import rules
from xinglin.timebank.models.ledger import Account


class Debt(models.Model):
    """What a reversal could not take back, because it was spent. Repaid first from whatever comes in later."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    creditor = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=rules.LONGEST_KEY, help_text="of the reversal that met too few minutes")
    reverses = models.BigIntegerField(help_text="id of the transfer that was to be taken back")
    minutes = models.IntegerField()
    repaid_minutes = models.IntegerField(default=0)
    forgiven_minutes = models.IntegerField(default=0)
    origin = models.CharField(max_length=rules.LONGEST_ORIGIN, blank=True)
    reason = models.CharField(max_length=rules.LONGEST_REASON, blank=True, help_text="in plain words")
    incurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_debt_per_reversal"),
            models.UniqueConstraint(fields=["reverses"], name="one_debt_per_reversed_transfer"),
            models.CheckConstraint(
                condition=Q(
                    minutes__gt=0,
                    repaid_minutes__gte=0,
                    forgiven_minutes__gte=0,
                    minutes__gte=F("repaid_minutes") + F("forgiven_minutes"),
                ),
                name="debt_never_overpaid",
            ),
        ]
        indexes = [
            # What is still owed: looked into at every post, so it must stay as short as that.
            models.Index(
                fields=["account", "id"],
                condition=Q(minutes__gt=F("repaid_minutes") + F("forgiven_minutes")),
                name="debt_still_owed",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def debtor(self) -> Person | None:
        """Whose debt it is now: whose account it is, or who that one was merged into."""
        person = self.account.person
        return person if person is None else person.merged_into or person

    @property
    def owed_minutes(self) -> int:
        """What is still to be repaid."""
        return self.minutes - self.repaid_minutes - self.forgiven_minutes

    @property
    def thing(self) -> str:
        """The debt as the trail and the repayments name it."""
        return f"debt:{self.code}"


class Forgiveness(models.Model):
    """One person asked to forgive a debt, another one decides; neither is the one who owes it."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="forgivenesses")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True, help_text="null: not decided")
    forgiven_minutes = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["debt"], condition=Q(decided_at__isnull=True), name="one_open_forgiveness_per_debt"
            ),
            models.CheckConstraint(
                condition=Q(
                    decided_by__isnull=True, decided_at__isnull=True, is_granted__isnull=True, forgiven_minutes=0
                )
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_granted__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                name="forgiven_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.code
