"""Accounts and transfers of minutes, and the lines of a statement; rows come to be only by the function `post`."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.ids import short_code
from xinglin.timebank import rules


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's number of the transaction that wrote a row: a reader may trust rows whose transaction is over."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransactionId(Func):
    """The number of the transaction that runs now."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionId()


class Account(models.Model):
    """Where minutes lie: a member's, a unit's, or a side of the bank itself such as issuance."""

    class Kind(models.TextChoices):
        MEMBER = rules.AccountKind.MEMBER.value, _("可用时间")
        MEMBER_HELD = rules.AccountKind.MEMBER_HELD.value, _("冻结时间")
        TEAM = rules.AccountKind.TEAM.value, _("团队捐赠")
        POOL = rules.AccountKind.POOL.value, _("单位公益池")
        RESERVE = rules.AccountKind.RESERVE.value, _("储备")
        OVERFLOW = rules.AccountKind.OVERFLOW.value, _("超额转存")
        PEER = rules.AccountKind.PEER.value, _("对接平台")
        IN_FLIGHT = rules.AccountKind.IN_FLIGHT.value, _("在途")
        SUSPENSE = rules.AccountKind.SUSPENSE.value, _("待查")
        ISSUANCE = rules.AccountKind.ISSUANCE.value, _("发行")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # No index of its own: the unique key below begins with the person.
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    is_limited = models.BooleanField(help_text="has a floor and an exact balance; never changed")
    floor_minutes = models.BigIntegerField(null=True)
    overdraft_minutes = models.BigIntegerField(
        default=0, db_default=0, help_text="how far below its floor the policy lets this member go"
    )
    balance_minutes = models.BigIntegerField(null=True, help_text="null: unlimited, the log is the balance")
    sequence = models.BigIntegerField(null=True, help_text="entries so far; null: unlimited")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "kind"], nulls_distinct=False, name="one_account_per_owner_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(unit__isnull=True), name="account_has_at_most_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(
                    is_limited=True,
                    floor_minutes__isnull=False,
                    balance_minutes__isnull=False,
                    sequence__isnull=False,
                    balance_minutes__gte=F("floor_minutes") - F("overdraft_minutes"),
                )
                | Q(is_limited=False, floor_minutes__isnull=True, balance_minutes__isnull=True, sequence__isnull=True),
                name="limited_account_never_below_floor",
            ),
            models.CheckConstraint(
                condition=Q(overdraft_minutes=0)
                | Q(kind=rules.AccountKind.MEMBER.value, is_limited=True, overdraft_minutes__gt=0),
                name="only_members_overdraw",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transfer(models.Model):
    """Minutes that went from payer to payee, both sides in one row. Never changed, never deleted."""

    key = models.CharField(max_length=rules.LONGEST_KEY, help_text="a second try under it posts nothing")
    # Plain numbers, no foreign keys: a key check per transfer would share-lock the issuing account's one row.
    # The function `post` refuses unknown accounts, and verify_ledger looks for them.
    payer_id = models.BigIntegerField()
    payee_id = models.BigIntegerField()
    minutes = models.IntegerField()
    kind = models.CharField(max_length=16)
    origin = models.CharField(max_length=rules.LONGEST_ORIGIN, blank=True, help_text="such as record:8F3KQ2TM")
    reason = models.CharField(max_length=rules.LONGEST_REASON, blank=True, help_text="in plain words; nothing personal")
    at = models.DateTimeField()
    # Of each limited side; null where the account is unlimited.
    payer_balance_after = models.BigIntegerField(null=True)
    payer_sequence = models.BigIntegerField(null=True)
    payee_balance_after = models.BigIntegerField(null=True)
    payee_sequence = models.BigIntegerField(null=True)
    reverses = models.BigIntegerField(null=True, help_text="id of the transfer that this one takes back")
    expires_at = models.DateTimeField(null=True, help_text="of a hold")
    xid = TransactionId(db_default=CurrentTransactionId())
    salt = models.UUIDField(db_default=RandomUUID(), help_text="keeps a sealed leaf from being guessed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_transfer_per_key"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="transfer_moves_minutes"),
            models.CheckConstraint(
                condition=Q(kind=rules.TransferKind.HOLD.value, expires_at__isnull=False)
                | ~Q(kind=rules.TransferKind.HOLD.value) & Q(expires_at__isnull=True),
                name="holds_and_only_holds_expire",
            ),
            models.CheckConstraint(
                condition=Q(kind=rules.TransferKind.REVERSAL.value, reverses__isnull=False)
                | ~Q(kind=rules.TransferKind.REVERSAL.value) & Q(reverses__isnull=True),
                name="reversals_and_only_they_name_another",
            ),
            models.CheckConstraint(condition=~Q(payer_id=F("payee_id")), name="transfer_between_two_accounts"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="transfer_reversed_once"
            ),
            # Also what statements are read by. Unlimited sides stay out, so the busiest account costs no index entry.
            models.UniqueConstraint(
                fields=["payer_id", "payer_sequence"],
                condition=Q(payer_sequence__isnull=False),
                name="one_entry_per_payer_sequence",
            ),
            models.UniqueConstraint(
                fields=["payee_id", "payee_sequence"],
                condition=Q(payee_sequence__isnull=False),
                name="one_entry_per_payee_sequence",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class OpenHold(models.Model):
    """A hold that nobody has ended yet: what a job and a page look through, not what is true.

    The log is what is true. This row comes with the hold's transfer and goes with the transfer that ends it, so the
    table stays as short as what is open, however long the log is. verify_ledger compares the two.
    """

    # No foreign key: to check it PostgreSQL would have to lock a row of a table that may not even be updated.
    transfer_id = models.BigIntegerField(primary_key=True)
    origin = models.CharField(max_length=rules.LONGEST_ORIGIN)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "timebank_open_hold"
        constraints = [models.UniqueConstraint(fields=["origin"], name="one_open_hold_per_origin")]
        indexes = [models.Index(fields=["expires_at", "transfer_id"], name="open_hold_by_expiry")]

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """A transfer as one limited account saw it: a line of a statement. A view on transfers, not a table."""

    transfer_id = models.BigIntegerField(primary_key=True)
    account_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    minutes = models.BigIntegerField(help_text="signed")
    balance_after = models.BigIntegerField()
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    origin = models.CharField(max_length=rules.LONGEST_ORIGIN)
    reason = models.CharField(max_length=rules.LONGEST_REASON)
    at = models.DateTimeField()
    reverses = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "timebank_entry"

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence}"
