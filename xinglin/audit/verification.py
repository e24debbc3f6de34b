"""The log recomputed from the rows that it seals, as one snapshot and as a stream: memory does not grow with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from xinglin.audit import log, sources, streams
from xinglin.audit.models import LogKey
from xinglin.audit.sources import Source
from xinglin.lib.tlog import merkle, notes
from xinglin.lib.tlog.merkle import Edge, Subtree

STRETCHES = "SELECT first_index, source, last_row, row_ids, hashes FROM audit_stretch ORDER BY first_index"
# In the order in which they are completed: by the last leaf below them, the lower one first.
NODES = "SELECT height, number, hash FROM audit_node ORDER BY ((number + 1) << height::int), height"
CHECKPOINTS = "SELECT id, at, size, root, note FROM audit_checkpoint ORDER BY id"
STRETCHES_AT_ONCE = 4  # a stretch holds thousands of leaves


@dataclass(frozen=True)
class Difference:
    """Something in the log, or in a sealed row, that is not as it was sealed."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Tally:
    """What a verification has seen; complete once its differences have been read to the end."""

    leaves: int = 0
    checkpoints: int = 0
    waiting: int = 0  # rows that are not sealed yet
    differences: int = 0
    root: bytes = merkle.EMPTY_ROOT
    signed_by: dict[int, int] = field(default_factory=dict)  # number of the key → checkpoints


@dataclass(frozen=True)
class _Signed:
    """A checkpoint as it is stored, or as somebody kept it."""

    where: str
    at: dt.datetime
    size: int
    root: bytes
    note: str


def differences(tally: Tally, *, since: str = "") -> Iterator[Difference]:
    """Everything that is not as it was sealed, in one consistent view. `since`: an earlier checkpoint's text."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for difference in _found(tally, since):
            tally.differences += 1
            yield difference


def _found(tally: Tally, since: str) -> Iterator[Difference]:
    yield from _Walk(tally, since).differences()
    for source in sources.every():
        if source.also is not None:
            for where, what in source.also():
                yield Difference(where, what)


class _Walk:
    """One pass over stretches, nodes, checkpoints and the sealed rows, side by side."""

    def __init__(self, tally: Tally, since: str) -> None:
        self.tally = tally
        self.since = since
        self.edge = Edge()
        self.positions: dict[str, int] = {}
        self.nodes = streams.rows(NODES)
        self.checkpoints = streams.rows(CHECKPOINTS)
        self.signed: _Signed | None = None  # the next one that is still to be met
        self.kept: _Signed | None = None  # somebody's earlier one, until it is met
        self.keys = _Keys()

    def differences(self) -> Iterator[Difference]:
        if self.since:
            yield from self._read_kept()
        self._next_checkpoint()
        yield from self._checkpoints_here()  # of an empty log there should be none
        for stretch in streams.rows(STRETCHES, chunk=STRETCHES_AT_ONCE):
            yield from self._stretch(*stretch)
        for height, number, _hashed in self.nodes:
            yield Difference(f"node {height}/{number}", "stands beyond the end of the log")
        while self.signed is not None:
            yield Difference(self.signed.where, f"counts {self.signed.size} leaves, the log has {self.edge.size}")
            self._next_checkpoint()
        if self.kept is not None:
            yield Difference(self.kept.where, f"counts {self.kept.size} leaves, the log has {self.edge.size}: cut off")
        yield from self.keys.differences()
        self.tally.leaves, self.tally.root = self.edge.size, self.edge.root()
        for source in sources.every():
            yield from self._beyond(source)

    # Stretches and rows

    def _stretch(
        self, first_index: int, name: str, last_row: int, row_ids: Sequence[int], hashes: bytes
    ) -> Iterator[Difference]:
        where = f"stretch {first_index}"
        if first_index != self.edge.size:
            yield Difference(where, f"begins at {first_index}, expected {self.edge.size}")
        hashes = bytes(hashes)
        leaves = [hashes[place : place + 32] for place in range(0, len(hashes), 32)]
        if len(hashes) != 32 * len(row_ids) or not row_ids:
            yield Difference(where, f"has {len(row_ids)} rows and {len(hashes)} bytes of hashes")
        elif last_row != row_ids[-1]:
            yield Difference(where, f"says that its last row is {last_row}, and lists {row_ids[-1]}")
        source = sources.named(name)
        if source is None:
            yield Difference(where, f"has the unknown source {name!r}")
        else:
            yield from self._rows(source, dict(zip(row_ids, leaves, strict=False)), row_ids)
        for place, leaf in enumerate(leaves):
            row = row_ids[place] if place < len(row_ids) else "?"
            yield from self._append(leaf, f"leaf {self.edge.size} ({name} {row})")

    def _rows(self, source: Source, sealed: dict[int, bytes], row_ids: Sequence[int]) -> Iterator[Difference]:
        """The rows of one stretch as they are now, against what was sealed of them."""
        begins_after = self.positions.get(source.name, 0)
        if any(later <= earlier for earlier, later in zip([begins_after, *row_ids], row_ids, strict=False)):
            yield Difference(f"rows of {source.name}", f"do not rise after row {begins_after}")
        up_to = max([begins_after, *row_ids])
        for row_id, text in streams.rows(source.rows, [min([begins_after, *row_ids]), up_to]):
            where = f"{source.name} {row_id}"
            leaf = sealed.pop(row_id, None)
            if leaf is None:
                yield Difference(where, "stands between sealed rows, and was never sealed")
            elif leaf != merkle.leaf_hash(text.encode()):
                yield Difference(where, "is not as it was sealed")
        for row_id in sealed:
            yield Difference(f"{source.name} {row_id}", "was sealed, and is gone")
        self.positions[source.name] = up_to

    def _beyond(self, source: Source) -> Iterator[Difference]:
        """Rows after the last sealed one wait; nothing more can be said of them."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {source.table} WHERE id > %s", [self.positions.get(source.name, 0)])
            self.tally.waiting += cursor.fetchone()[0]
            cursor.execute(f"SELECT count(*) FROM {source.table} WHERE id <= 0")
            if cursor.fetchone()[0]:
                yield Difference(f"rows of {source.name}", "stand before the first one that can be sealed")

    # The tree

    def _append(self, leaf: bytes, where: str) -> Iterator[Difference]:
        for subtree, hashed in self.edge.append(leaf):
            if subtree[0] >= log.LEAST_HEIGHT:
                yield from self._node(subtree, hashed)
        if self.signed is not None and self.signed.size <= self.edge.size:
            yield from self._checkpoints_here()
        if self.kept is not None and self.kept.size == self.edge.size:
            if self.kept.root != self.edge.root():
                yield Difference(self.kept.where, "is not what this log was: something before it was changed")
            self.kept = None

    def _node(self, subtree: Subtree, hashed: bytes) -> Iterator[Difference]:
        height, number, stored = next(self.nodes, (None, None, b""))
        if (height, number) != subtree:
            yield Difference(f"node {subtree[0]}/{subtree[1]}", f"is missing; there stands {height}/{number}")
        elif bytes(stored) != hashed:
            yield Difference(f"node {height}/{number}", "is not the root over its leaves")

    # Checkpoints

    def _next_checkpoint(self) -> None:
        row = next(self.checkpoints, None)
        self.signed = _Signed(f"checkpoint {row[0]}", row[1], row[2], bytes(row[3]), row[4]) if row else None

    def _checkpoints_here(self) -> Iterator[Difference]:
        """Every checkpoint that was signed when the log was as large as it is at this point of the walk."""
        while self.signed is not None and self.signed.size <= self.edge.size:
            if self.signed.size < self.edge.size:
                yield Difference(self.signed.where, f"counts {self.signed.size} leaves, fewer than the one before it")
            elif self.signed.root != self.edge.root():
                yield Difference(self.signed.where, "has another root than the log at that size")
            yield from self.keys.check(self.signed, self.tally)
            self.tally.checkpoints += 1
            self._next_checkpoint()

    def _read_kept(self) -> Iterator[Difference]:
        """The checkpoint that somebody kept: it must be ours, and then the log must still begin with it."""
        where = "the earlier checkpoint"
        try:
            said = notes.read(self.since)
            signers = notes.signed_by(self.since, self.keys.named)
        except notes.Unreadable as trouble:
            yield Difference(where, f"cannot be read: {trouble}")
            return
        if not signers:
            yield Difference(where, f"of {said.origin} is signed by no key of this log")
        if said.size == 0:
            return
        self.kept = _Signed(where, said.at, said.size, said.root, self.since)


class _Keys:
    """The keys of the log, and whether each began with the checkpoint that it says."""

    def __init__(self) -> None:
        self.keys = list(LogKey.objects.order_by("pk"))
        self.named = [(key.origin, bytes(key.public)) for key in self.keys]
        self.first_signed: dict[int, _Signed] = {}
        self.latest = -1

    def check(self, signed: _Signed, tally: Tally) -> Iterator[Difference]:
        """A checkpoint says what its row says, and is signed by the key of its time."""
        try:
            said = notes.read(signed.note)
            signers = notes.signed_by(signed.note, self.named)
        except notes.Unreadable as trouble:
            yield Difference(signed.where, f"cannot be read: {trouble}")
            return
        if (said.size, said.root, said.at) != (signed.size, signed.root, signed.at):
            yield Difference(signed.where, "has another size, root or time than its signed text")
        if not signers:
            yield Difference(signed.where, "is signed by no key of this log")
            return
        if said.origin != self.keys[signers[-1]].origin:
            yield Difference(signed.where, f"is of another log: {said.origin}")
        if signers[-1] < self.latest:
            yield Difference(signed.where, "is signed by a key that was replaced before")
        if signers[-1] > self.latest >= 0 and self.latest not in signers:
            yield Difference(signed.where, "begins a new key without the signature of the old one")
        for place in signers:
            self.first_signed.setdefault(place, signed)
            tally.signed_by[self.keys[place].pk] = tally.signed_by.get(self.keys[place].pk, 0) + 1
        self.latest = max(self.latest, signers[-1])

    def differences(self) -> Iterator[Difference]:
        for place, key in enumerate(self.keys):
            first = self.first_signed.get(place)
            if first is None:
                yield Difference(f"log key {key.pk}", "signed no checkpoint")
            elif (key.from_size, key.begun_at) != (first.size, first.at):
                yield Difference(f"log key {key.pk}", f"began with {first.where}, and says something else")
