"""The Merkle tree against the published vectors of RFC 6962 / 9162 implementations, and for every size."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib.tlog import merkle

# The eight leaves that implementations of RFC 6962 and 9162 are tested with (certificate-transparency, trillian).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# index, size → path
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
# old size, new size → path
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LARGEST = 70  # sizes up to here are all tried, past the first power of two that a path of seven steps has


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


class Kept:
    """The complete subtrees of a log, kept as it grows."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.subtrees = {(0, number): leaf for number, leaf in enumerate(leaves)}
        edge = merkle.Edge()
        for leaf in leaves:
            self.subtrees.update(edge.append(leaf))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.proof(merkle.inclusion_spans(index, size), self.subtrees.__getitem__)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return merkle.proof(merkle.consistency_spans(old, new), self.subtrees.__getitem__)


VECTORS = Kept([merkle.leaf_hash(leaf) for leaf in LEAVES])
GROWN = Kept(hashes(LARGEST))
GROWN_ROOTS = [merkle.root_of(hashes(size)) for size in range(LARGEST + 1)]


def test_an_empty_log_has_the_hash_of_nothing_as_its_root():
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size):
    root = merkle.root_of([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]])

    assert root.hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_proofs_of_inclusion(index, size):
    path = VECTORS.inclusion(index, size)

    assert [step.hex() for step in path] == INCLUSION[index, size]
    assert merkle.includes(
        leaf=merkle.leaf_hash(LEAVES[index]), index=index, size=size, path=path, root=bytes.fromhex(ROOTS[size - 1])
    )


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_published_proofs_of_consistency(old, new):
    path = VECTORS.consistency(old, new)

    assert [step.hex() for step in path] == CONSISTENCY[old, new]
    assert merkle.continues(
        old=old, new=new, old_root=bytes.fromhex(ROOTS[old - 1]), new_root=bytes.fromhex(ROOTS[new - 1]), path=path
    )


def test_every_leaf_of_every_size_is_proved():
    leaves = hashes(LARGEST)

    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = GROWN.inclusion(index, size)
            assert merkle.includes(leaf=leaves[index], index=index, size=size, path=path, root=GROWN_ROOTS[size])


def test_every_pair_of_sizes_is_consistent():
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = GROWN.consistency(old, new)
            assert merkle.continues(
                old=old, new=new, old_root=GROWN_ROOTS[old], new_root=GROWN_ROOTS[new], path=path
            ), (old, new)


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition in RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:middle]) + recursive_root(leaves[middle:])).digest()


@given(st.integers(0, 300))
def test_a_root_is_what_the_definition_says(size):
    assert merkle.root_of(hashes(size)) == recursive_root(hashes(size))


@given(st.data())
def test_one_flipped_bit_of_an_inclusion_proof_is_noticed(data):
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    parts = [hashes(size)[index], GROWN_ROOTS[size], *GROWN.inclusion(index, size)]
    place, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))

    parts[place] = flipped(parts[place], bit)

    assert not merkle.includes(leaf=parts[0], index=index, size=size, path=parts[2:], root=parts[1])


@given(st.data())
def test_one_flipped_bit_of_a_consistency_proof_is_noticed(data):
    new = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, new - 1))
    parts = [GROWN_ROOTS[old], GROWN_ROOTS[new], *GROWN.consistency(old, new)]
    place, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))

    parts[place] = flipped(parts[place], bit)

    assert not merkle.continues(old=old, new=new, old_root=parts[0], new_root=parts[1], path=parts[2:])


@given(st.data())
def test_a_path_proves_one_place_only(data):
    """Of another size a tree may have the same shape left of a leaf; the root then still says which it is."""
    size = data.draw(st.integers(2, LARGEST))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path = GROWN.inclusion(index, size)

    shown = merkle.includes(leaf=hashes(size)[index], index=other, size=size, path=path, root=GROWN_ROOTS[size])

    assert shown is (other == index)


@pytest.mark.parametrize("cut", [lambda path: path[:-1], lambda path: [*path, path[-1]], lambda path: []])
def test_a_path_that_is_too_short_or_too_long_proves_nothing(cut):
    path = cut(GROWN.inclusion(3, 11))
    proof = cut(GROWN.consistency(3, 11))

    assert not merkle.includes(leaf=hashes(11)[3], index=3, size=11, path=path, root=GROWN_ROOTS[11])
    assert not merkle.continues(old=3, new=11, old_root=GROWN_ROOTS[3], new_root=GROWN_ROOTS[11], path=proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (4, 3)])
def test_a_place_outside_the_log_is_never_shown(index, size):
    assert not merkle.includes(leaf=hashes(1)[0], index=index, size=size, path=[], root=hashes(1)[0])


def test_a_log_does_not_shrink():
    assert not merkle.continues(old=5, new=3, old_root=GROWN_ROOTS[5], new_root=GROWN_ROOTS[3], path=[])


def flipped(hashed: bytes, bit: int) -> bytes:
    changed = bytearray(hashed)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
