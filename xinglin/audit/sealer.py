"""The sealer: appends rows of record to the log, outside of the transactions that write them.

Which rows may be sealed? Ids are drawn before a transaction commits, so a row may appear below one that is already
visible. A *mark* settles it:

1. The highest visible id of a source is noted together with the sealer's own transaction number, taken after it.
   Whoever drew a lower id had a transaction number by then (`sources.draw_ids_in_turn`), and so a lower one.
2. Once every transaction up to that number is over (the snapshot's xmin has passed it), each row up to the mark
   is either there for good or will never be. Now they are sealed, in the order of ids, and the next mark is set.

Nothing is skipped and nothing sealed twice: rows of a source stand in the log in the order of their ids, and the
position is the last row of its last stretch. A transaction that stays open delays sealing, and loses nothing.

A dump that was restored into another cluster brings marks whose numbers that cluster has not reached. Such a mark is
dropped: the rows that came with the dump are there, and a new mark covers them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from xinglin.audit import actions, log, signing, sources
from xinglin.audit.errors import EmptyLog
from xinglin.audit.models import Checkpoint, Mark, Node, Stretch
from xinglin.audit.sources import Source
from xinglin.cities import actions as cities
from xinglin.cities import current, keys
from xinglin.lib.tlog import merkle
from xinglin.lib.tlog.merkle import Edge
from xinglin.lib.tlog.notes import Signer

LARGEST_STRETCH = 4096
MOST_ROUNDS = 500  # two million leaves: what one call may take on; the next one goes on from there
PAUSE_BETWEEN_CHECKPOINTS = dt.timedelta(seconds=30)
ONE_AT_A_TIME = 0x584C_5345  # the class of the advisory lock; the city is its second half


def seal(*, rounds: int = MOST_ROUNDS) -> int:
    """Seal every row that is certainly there; returns how many. One at a time in a city: another one waits."""
    sealed = 0
    for _round in range(rounds):
        taken = _seal_some()
        sealed += taken
        if not taken and not _set_marks():
            break
    return sealed


def seal_and_sign(*, at: dt.datetime, rounds: int = MOST_ROUNDS) -> Checkpoint | None:
    """Seal, and sign a checkpoint when the log has grown and the last one is not of this very moment."""
    seal(rounds=rounds)
    return sign(at=at, pause=PAUSE_BETWEEN_CHECKPOINTS)


@transaction.atomic
def sign(*, at: dt.datetime, pause: dt.timedelta = dt.timedelta()) -> Checkpoint | None:
    """A signed checkpoint of the log as it is; None when there is nothing new to sign, or it was signed just now."""
    _take_turn()
    size = log.size()
    last = Checkpoint.objects.order_by("-pk").first()
    is_new = size > 0 if last is None else size > last.size and at >= last.at + pause
    return signing.checkpoint(size=size, root=log.edge_at(size).root(), at=at) if is_new else None


@transaction.atomic
def rotate_key(*, at: dt.datetime) -> Checkpoint:
    """A new key for the city. A checkpoint that the old and the new one sign together says that the log goes on."""
    _take_turn()
    size = log.size()
    if not size:
        raise EmptyLog
    secret = keys.new().signing
    signer = Ed25519PrivateKey.from_private_bytes(secret)
    public = signer.public_key().public_bytes_raw()
    successor = Signer(signing.signer_in_use().name, public, signer.sign)
    checkpoint = signing.checkpoint(size=size, root=log.edge_at(size).root(), at=at, successor=successor)
    cities.replace_signing_key(city=current.demand(), secret=secret)
    actions.record(actor=None, verb="rotated_log_key", thing=f"city:{current.slug()}", facts={"size": size}, at=at)
    return checkpoint


@transaction.atomic
def _seal_some() -> int:
    """One stretch of each source that has rows which are certainly there."""
    _take_turn()
    _own, oldest_running = _transaction_numbers()
    marks = {mark.source: mark for mark in Mark.objects.filter(transaction_number__lt=oldest_running)}
    size = log.size()
    edge: Edge | None = None
    for source in sources.every():
        if source.name in marks:
            rows = _rows(source, log.position(source.name), marks[source.name].row_id)
            if rows:
                edge = edge or log.edge_at(size)
                _append(source, rows, edge)
    return edge.size - size if edge else 0


@transaction.atomic
def _set_marks() -> bool:
    """Note how far each source has come by now, unless an earlier mark still waits. True when it pays to go on."""
    _take_turn()
    tops = {source.name: _top(source) for source in sources.every()}  # before the number is taken
    own, oldest_running = _transaction_numbers()
    standing = {mark.source: mark for mark in Mark.objects.all()}
    pays = False
    for source in sources.every():
        mark, sealed_up_to = standing.get(source.name), log.position(source.name)
        if mark is not None and sealed_up_to < mark.row_id and mark.transaction_number < own:
            if mark.transaction_number >= oldest_running:
                continue  # somebody who may still add a row below it has not finished
            if _rows(source, sealed_up_to, mark.row_id, limit=1):
                pays = True  # they have finished meanwhile
                continue
        if tops[source.name] > sealed_up_to:
            facts = {"row_id": tops[source.name], "transaction_number": own}
            Mark.objects.update_or_create(source=source.name, defaults=facts)
            pays = pays or oldest_running == own  # nobody older is at work: the mark is over as this ends
    return pays


@dataclass(frozen=True)
class _Row:
    id: int
    hash: bytes


def _rows(source: Source, after: int, up_to: int, *, limit: int = LARGEST_STRETCH) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"{source.rows} LIMIT {limit}", [after, up_to])
        return [_Row(row_id, merkle.leaf_hash(text.encode())) for row_id, text in cursor.fetchall()]


def _append(source: Source, rows: Sequence[_Row], edge: Edge) -> None:
    """Write one stretch, and the subtrees that it completes."""
    first_index = edge.size
    nodes = [
        Node(height=height, number=number, hash=hashed)
        for row in rows
        for (height, number), hashed in edge.append(row.hash)
        if height >= log.LEAST_HEIGHT
    ]
    Stretch.objects.bulk_create(
        [
            Stretch(
                first_index=first_index,
                source=source.name,
                last_row=rows[-1].id,
                row_ids=[row.id for row in rows],
                hashes=b"".join(row.hash for row in rows),
            )
        ]
    )
    Node.objects.bulk_create(nodes)


def _top(source: Source) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {source.table}")
        return cursor.fetchone()[0] or 0


def _transaction_numbers() -> tuple[int, int]:
    """The number of the transaction that runs here, taken now; and the lowest one that was running a moment later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        [own] = cursor.fetchone()
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        [oldest_running] = cursor.fetchone()
    return own, oldest_running


def _take_turn() -> None:
    """Until the end of the transaction nobody else appends to this city's log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [ONE_AT_A_TIME])
