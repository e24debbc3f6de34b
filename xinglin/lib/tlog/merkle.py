"""The Merkle tree of RFC 9162 (section 2.1): hashes, roots, proofs, and how a proof is checked. Pure.

A *complete subtree* is named by (height, number): it stands over the leaves from `number << height` on, `1 << height`
of them, and never changes once they are there. Everything else is folded from complete subtrees, so whoever keeps
these answers any proof with a number of reads that grows with the logarithm of the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

HASH_BYTES = 32
LEAF, NODE = b"\x00", b"\x01"  # a leaf can never be taken for a node, nor a node for a leaf
EMPTY_ROOT = hashlib.sha256().digest()
MOST_STEPS = 64  # of a proof: a log has fewer than 2**63 leaves

Subtree = tuple[int, int]  # height, number
HashOf = Callable[[Subtree], bytes]


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(NODE + left + right).digest()


# ── Growing ──


class Edge:
    """The right edge of a growing log: the roots of the complete subtrees that it consists of, the largest first."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)
        assert len(self._hashes) == size.bit_count(), "one hash for each complete subtree"

    def append(self, leaf: bytes) -> Iterator[tuple[Subtree, bytes]]:
        """Put one leaf's hash at the end; yields each subtree that it completes, from the leaf's parent upward."""
        sha256, hashes, number, height = hashlib.sha256, self._hashes, self.size, 0
        self.size += 1
        while number & 1:
            number >>= 1
            height += 1
            leaf = sha256(NODE + hashes.pop() + leaf).digest()
            yield (height, number), leaf
        hashes.append(leaf)

    def root(self) -> bytes:
        return _folded(self._hashes) if self._hashes else EMPTY_ROOT


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves' hashes."""
    edge = Edge()
    for leaf in leaves:
        for _subtree in edge.append(leaf):
            pass
    return edge.root()


# ── Proving ──


def subtrees(start: int, end: int) -> list[Subtree]:
    """The complete subtrees that make up the leaves from `start` to before `end`, from left to right."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        found.append((height, start >> height))
        start += 1 << height
    return found


def inclusion_spans(index: int, size: int) -> list[tuple[int, int]]:
    """The spans of leaves whose hashes prove that leaf `index` is in the log of this size, from the leaf upward."""
    assert 0 <= index < size, "there is no such leaf"
    spans: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[tuple[int, int]]:
    """The spans whose hashes prove that the log of size `new` begins with the log of size `old`."""
    assert 0 <= old <= new, "a log does not shrink"
    if old in (0, new):
        return []
    spans: list[tuple[int, int]] = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # else the old root itself is this hash, and the verifier has it
        spans.append((start, end))
    return spans[::-1]


def proof(spans: Sequence[tuple[int, int]], hash_of: HashOf) -> list[bytes]:
    """The hashes of these spans, each folded from its complete subtrees."""
    return [_folded([hash_of(subtree) for subtree in subtrees(*span)]) for span in spans]


def needed(spans: Sequence[tuple[int, int]]) -> set[Subtree]:
    """Every complete subtree that a proof over these spans reads."""
    return {subtree for span in spans for subtree in subtrees(*span)}


# ── Checking ──


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does this path show that the leaf stands at `index` in the log of this size and root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size or len(path) > MOST_STEPS:
        return False
    number, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def continues(*, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Does this path show that the new log begins with the whole old one? (RFC 9162, 2.1.4.2)"""
    if not 0 <= old <= new or len(path) > MOST_STEPS:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`: where the tree divides."""
    return 1 << (size - 1).bit_length() - 1


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, the largest first."""
    folded = hashes[-1]
    for left in hashes[-2::-1]:
        folded = node_hash(left, folded)
    return folded
