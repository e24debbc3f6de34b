"""Accounts and transfers of minutes. Imported only inside this app; rows come to be only by the function `post`."""

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
                    balance_minutes__gte=F("floor_minutes"),
                )
                | Q(is_limited=False, floor_minutes__isnull=True, balance_minutes__isnull=True, sequence__isnull=True),
                name="limited_account_never_below_floor",
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


class Reckoning(models.Model):
    """How one service came to its credit, where a rate, a daily limit or a cap had a say. One row per service."""

    key = models.CharField(max_length=rules.LONGEST_KEY, help_text="of the credit, such as record:8F3KQ2TM")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="of the service, in China")
    served_minutes = models.PositiveIntegerField()
    rate_percent = models.PositiveSmallIntegerField()
    credited_minutes = models.PositiveIntegerField(help_text="to the member")
    overflow_minutes = models.PositiveIntegerField(help_text="above the cap, to the overflow account")
    refused_minutes = models.PositiveIntegerField(help_text="above the daily limit: honour only")
    carried_hundredths = models.IntegerField(help_text="left below a whole minute, after this service")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True, help_text="when the service was voided")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="one_reckoning_per_service")]
        indexes = [models.Index(fields=["person", "day"], name="reckoning_by_person_and_day")]

    def __str__(self) -> str:
        return self.key


class Remainder(models.Model):
    """What a person's services left below a whole minute, carried to the next one."""

    person = models.OneToOneField("people.Person", primary_key=True, on_delete=models.PROTECT, related_name="+")
    hundredths = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.person_id}"


class Measurement(models.Model):
    """The health of the bank as it was found on one day: of a unit's members, or of all."""

    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    figures = models.JSONField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="one_measurement_a_day", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.day}"


class RollUp(models.Model):
    """What an unlimited account came to up to one transfer, so that its balance need not be added up from the first."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="+")
    up_to_id = models.BigIntegerField(help_text="the last transfer in the sum; no lower one can come any more")
    minutes = models.BigIntegerField()

    class Meta:
        db_table = "timebank_roll_up"

    def __str__(self) -> str:
        return f"{self.account_id}/{self.up_to_id}"


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


class Gift(models.Model):
    """Minutes that one person gives to another, or to a unit's pool. Until the receiver nods they are held."""

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
    minutes = models.PositiveIntegerField()
    words = models.CharField(max_length=60, blank=True, help_text="from the giver to the receiver")
    state = models.CharField(max_length=10, choices=State.choices)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="when it goes back, while it waits")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver__isnull=True) ^ Q(pool_unit__isnull=True), name="gift_to_a_person_or_a_pool"
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
