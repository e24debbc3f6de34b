"""Checkpoints and proofs as they are handed out: anyone may have them, but for the text of a leaf."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.functions import TruncDate

from xinglin.audit import log, signing, sources
from xinglin.audit.errors import EmptyLog, NoSuchCheckpoint, NotSealedYet
from xinglin.audit.models import Checkpoint
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.tlog import merkle, notes

PROOF, CONSISTENCY = "xinglin-proof-1", "xinglin-consistency-1"
DAYS_SHOWN = 14


@dataclass(frozen=True)
class Proof:
    """That one row stands in the log, as a file that proves itself."""

    checkpoint: Checkpoint
    index: int
    bundle: dict[str, Any]


def latest() -> Checkpoint | None:
    """The newest signed checkpoint."""
    return Checkpoint.objects.order_by("-pk").first()


def demand_latest() -> Checkpoint:
    found = latest()
    if found is None:
        raise EmptyLog
    return found


def of_size(size: int) -> Checkpoint:
    """The latest checkpoint of this size."""
    found = Checkpoint.objects.filter(size=size).order_by("-pk").first()
    if found is None:
        raise NoSuchCheckpoint
    return found


def daily(*, at: dt.datetime) -> list[Checkpoint]:
    """The last checkpoint of each of the last days, the newest first."""
    recent = Checkpoint.objects.filter(at__gte=at - dt.timedelta(days=DAYS_SHOWN))
    by_day = recent.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).order_by("-day", "-pk").distinct("day")
    return list(by_day)


def key_lines() -> list[str]:
    """The public keys of the log, each in one line, the one in use last."""
    return [notes.verifier_key(key.origin, bytes(key.public)) for key in signing.every_key()]


def proof_of(source_name: str, row_id: int) -> Proof:
    """That this row stands in the newest checkpoint. It holds the row's text: only for whom that text is meant."""
    checkpoint, index = latest(), log.place_of(source_name, row_id)
    if checkpoint is None or index is None or index >= checkpoint.size:
        raise NotSealedYet
    bundle = {
        "format": PROOF,
        "leaf": _text(source_name, row_id),
        "index": index,
        "path": [step.hex() for step in log.proof(merkle.inclusion_spans(index, checkpoint.size))],
        "checkpoint": checkpoint.note,
        "keys": key_lines(),
    }
    return Proof(checkpoint, index, bundle)


def consistency(old: Checkpoint, new: Checkpoint) -> dict[str, Any]:
    """That the log of the newer checkpoint begins with all of the older one."""
    if old.size > new.size:
        raise NoSuchCheckpoint
    return {
        "format": CONSISTENCY,
        "old": old.note,
        "new": new.note,
        "path": [step.hex() for step in log.proof(merkle.consistency_spans(old.size, new.size))],
        "keys": key_lines(),
    }


def _text(source_name: str, row_id: int) -> str:
    source = sources.named(source_name)
    assert source is not None, "nothing is sealed under this name"
    with connection.cursor() as cursor:
        cursor.execute(source.rows, [row_id - 1, row_id])
        return str(cursor.fetchone()[1])
