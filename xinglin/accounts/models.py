"""Users and the ways they sign in: phone and code, number and PIN, password and second factor."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac

from xinglin.lib.ids import short_code


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no superuser in this house, roles stand in `organisation`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login_name=username)


class User(AbstractBaseUser):
    """One account of one person. `login_name` is the volunteer number, or a staff member's own word."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    login_name = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60, blank=True, help_text="what the house calls this person on pages")
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_blind = models.BinaryField(null=True, blank=True, max_length=32)
    pin = models.CharField(max_length=128, blank=True, help_text="hash of the PIN; empty: not set")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="made by load_demo; production refuses to start with one")
    created_at = models.DateTimeField()
    session_round = models.PositiveIntegerField(default=0, help_text="one more ends all sessions opened before")

    objects = UserManager()
    USERNAME_FIELD = "login_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    # Set per request by SecondFactorMiddleware: did this session show a second factor?
    has_second_factor: bool = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone_blind"], name="one_account_per_phone"),
            # People type numbers in small letters; the index also serves that search.
            models.UniqueConstraint(Upper("login_name"), name="login_name_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def end_sessions(self) -> None:
        """Whoever is signed in as this user anywhere is signed out by the next save."""
        self.session_round += 1

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Django lets sessions end with a changed password; here also with a changed PIN or second factor.
        facts = f"{self.password}|{self.session_round}"
        return salted_hmac("xinglin.accounts.session", facts, secret=secret, algorithm="sha256").hexdigest()


class PhoneCode(models.Model):
    """A code sent to a phone: short-lived, few tries, used once."""

    phone_blind = models.BinaryField(max_length=32)
    code_hash = models.CharField(max_length=128)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["phone_blind", "-sent_at"], name="phone_code_latest")]

    def __str__(self) -> str:
        return f"code of {self.sent_at:%F %T}"


class PinSlip(models.Model):
    """A one-time slip that a coordinator prints: with it a person without SMS sets the first PIN."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="slips")
    code_hash = models.CharField(max_length=128)
    printed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"slip of {self.user_id}"


class Attempt(models.Model):
    """One try to sign in or to have a code sent; counted to limit guessing. Kept for a day."""

    key = models.BinaryField(max_length=32, help_text="blind index of who or where: a number, a phone, an address")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-at"], name="attempt_by_key_latest")]

    def __str__(self) -> str:
        return self.kind
