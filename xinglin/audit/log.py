"""Reading the log: its size and edge, the hashes that proofs are made of, and where a row stands in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from xinglin.lib.tlog import merkle
from xinglin.lib.tlog.merkle import Edge, Subtree

LEAST_HEIGHT = 8  # of stored subtrees; what is lower is computed from the leaves of one block
BLOCK = 1 << LEAST_HEIGHT


def size() -> int:
    """How many leaves the log has."""
    return (
        _number("SELECT first_index + cardinality(row_ids) FROM audit_stretch ORDER BY first_index DESC LIMIT 1") or 0
    )


def position(source: str) -> int:
    """The row up to which this source is sealed."""
    return _number("SELECT max(last_row) FROM audit_stretch WHERE source = %s", source) or 0


def place_of(source: str, row_id: int) -> int | None:
    """Where a row stands in the log; None while it is not sealed."""
    return _number(
        "SELECT first_index + array_position(row_ids, %s) - 1 FROM audit_stretch"
        " WHERE source = %s AND last_row >= %s ORDER BY last_row LIMIT 1",
        row_id,
        source,
        row_id,
    )


def edge_at(size: int) -> Edge:
    """The complete subtrees that a log of this size consists of."""
    wanted = merkle.subtrees(0, size)
    found = hashes_of(wanted)
    return Edge(size, [found[subtree] for subtree in wanted])


def proof(spans: Sequence[tuple[int, int]]) -> list[bytes]:
    """The hashes of a proof over these spans of leaves, in two reads."""
    found = hashes_of(merkle.needed(spans))
    return merkle.proof(spans, found.__getitem__)


def hashes_of(wanted: Collection[Subtree]) -> dict[Subtree, bytes]:
    """The roots of these complete subtrees."""
    high = [subtree for subtree in wanted if subtree[0] >= LEAST_HEIGHT]
    low = [subtree for subtree in wanted if subtree[0] < LEAST_HEIGHT]
    return _stored(high) | _computed(low)


def _stored(wanted: list[Subtree]) -> dict[Subtree, bytes]:
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.height, n.number, n.hash FROM audit_node n"
            " JOIN unnest(%s::smallint[], %s::bigint[]) AS w (height, number) USING (height, number)",
            [[height for height, _number in wanted], [number for _height, number in wanted]],
        )
        return {(height, number): bytes(hashed) for height, number, hashed in cursor.fetchall()}


def _computed(wanted: list[Subtree]) -> dict[Subtree, bytes]:
    """Low subtrees, from their leaves: those of one proof lie in two or three blocks, each of which is read once."""
    blocks = {block: _block(block) for block in {_block_of(subtree) for subtree in wanted}}
    found = {}
    for height, number in wanted:
        start = (number << height) % BLOCK
        leaves = blocks[_block_of((height, number))][start : start + (1 << height)]
        assert len(leaves) == 1 << height, "the log has a gap"
        found[height, number] = merkle.root_of(leaves)
    return found


def _number(query: str, *values: int | str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _block_of(subtree: Subtree) -> int:
    height, number = subtree
    return (number << height) // BLOCK


def _block(block: int) -> list[bytes]:
    """The leaves' hashes of one block: 256, or as many as there are by now."""
    start, end, width = block * BLOCK, (block + 1) * BLOCK, merkle.HASH_BYTES
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(hashes, %s * greatest(%s - first_index, 0)::int + 1,"
            " %s * (%s - greatest(%s, first_index))::int) FROM audit_stretch WHERE first_index < %s AND first_index >="
            " coalesce((SELECT max(first_index) FROM audit_stretch WHERE first_index <= %s), 0) ORDER BY first_index",
            [width, start, width, end, start, end, start],
        )
        hashes = b"".join(bytes(row[0]) for row in cursor.fetchall())
    return [hashes[place : place + width] for place in range(0, len(hashes), width)]
