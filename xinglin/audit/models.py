"""What is stored: an entry for each thing done, and the log in which rows of record are sealed. Both only grow."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from xinglin.audit import sources


class Entry(models.Model):
    """Who did what to which thing, when, and why. Holds codes, never a name or a personal number."""

    at = models.DateTimeField()
    actor_code = models.CharField(max_length=12, blank=True, help_text="the user's code; empty: the system itself")
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=60, help_text="kind:code, such as shift:8F3KQ2TM")
    unit_path = models.CharField(max_length=255, blank=True, help_text="tree path of the unit it happened in")
    reason = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="plain values before and after; nothing personal")
    salt = models.UUIDField(db_default=RandomUUID(), help_text="keeps a sealed leaf from being guessed")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["thing", "-id"], name="entry_by_thing"),
            models.Index(fields=["actor_code", "-id"], name="entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing}"


class LogKey(models.Model):
    """A key that signs the city's log, from one checkpoint on. The last is in use; older ones stay for checking."""

    origin = models.CharField(max_length=120, help_text="the log's name in its checkpoints; the same for all keys")
    public = models.BinaryField(max_length=32, help_text="Ed25519")
    from_size = models.BigIntegerField(help_text="leaves in the first checkpoint that it signed")
    begun_at = models.DateTimeField(help_text="when that one was signed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public"], name="log_key_used_once")]

    def __str__(self) -> str:
        return f"{self.origin}/{self.pk}"


class Stretch(models.Model):
    """Leaves that were sealed together: consecutive rows of one source, with a hash of each."""

    first_index = models.BigIntegerField(primary_key=True, help_text="place in the log of the first of these leaves")
    source = models.CharField(max_length=sources.LONGEST_NAME)
    last_row = models.BigIntegerField(help_text="id of the last row: rows of this source are sealed up to here")
    row_ids = ArrayField(models.BigIntegerField())
    hashes = models.BinaryField(help_text="32 bytes for each row")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "last_row"], name="rows_sealed_once")]

    def __str__(self) -> str:
        return f"{self.first_index}: {self.source}"


class Node(models.Model):
    """The root over a complete subtree of the log, from a certain height on, so that proofs need few reads."""

    pk = models.CompositePrimaryKey("height", "number")
    height = models.SmallIntegerField()
    number = models.BigIntegerField(help_text="it stands over the leaves from number × 2^height on")
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.height}/{self.number}"


class Checkpoint(models.Model):
    """How large the log was at a moment, and the root over all of it, signed."""

    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="C2SP tlog-checkpoint with its signatures: what is handed out")

    class Meta:
        indexes = [
            models.Index(fields=["size"], name="checkpoint_by_size"),
            models.Index(fields=["at"], name="checkpoint_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Mark(models.Model):
    """A row of a source up to which everything is there once every transaction up to `transaction_number` is over."""

    source = models.CharField(max_length=sources.LONGEST_NAME, primary_key=True)
    row_id = models.BigIntegerField()
    transaction_number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.source}: {self.row_id}"
