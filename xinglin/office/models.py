"""Who runs the installation. These tables stand in public, beside the cities; none of them knows anybody of a city."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Upper

from xinglin.lib.ids import short_code


class Operator(models.Model):
    """Someone who runs the installation: makes cities and looks after it. Holds no role in any city."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    login_name = models.CharField(max_length=40)
    password = models.CharField(max_length=128, help_text="Argon2")
    totp_sealed = models.BinaryField(null=True, blank=True, help_text="the authenticator's secret; empty: not set up")
    totp_counter = models.BigIntegerField(null=True, blank=True, help_text="the last half minute whose code was used")
    session_round = models.PositiveIntegerField(default=0, help_text="one more ends all sessions opened before")
    is_demo = models.BooleanField(default=False, help_text="made for a demo; production refuses to start with one")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(Upper("login_name"), name="operator_once_in_any_case")]

    def __str__(self) -> str:
        return self.login_name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def has_authenticator(self) -> bool:
        return self.totp_sealed is not None


class RecoveryCode(models.Model):
    """Stands for the authenticator's code once, when the telephone is not at hand. Kept as a keyed hash."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="recovery_codes")
    code_blind = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recovery code of {self.operator_id}"


class Try(models.Model):
    """One try to sign in as an operator, counted to limit guessing. Kept for a day."""

    key = models.BinaryField(max_length=32, help_text="blind index of who or where")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-at"], name="try_by_key_latest")]

    def __str__(self) -> str:
        return self.kind


class Session(AbstractBaseSession):
    """A signed-in operator's browser. Sessions of people lie in their cities."""

    @classmethod
    def get_session_store_class(cls) -> Any:
        from xinglin.office.sessions import SessionStore  # each names the other; Django asks for it only when needed

        return SessionStore


class Deed(models.Model):
    """What an operator did, when, and why. Only ever added to; the database refuses anything else."""

    at = models.DateTimeField()
    actor_code = models.CharField(max_length=12, blank=True, help_text="the operator's code; empty: at the server")
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=60, help_text="kind:word, such as city:ruian")
    reason = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="plain values; nothing personal")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing}"
