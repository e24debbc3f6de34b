"""The sealed stream: what is cut off, exchanged, changed or meant for somebody else never passes for a backup."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.lib.backup import parts
from xinglin.lib.backup.stream import (
    CHUNK_BYTES,
    MAGIC,
    TAG_BYTES,
    SealedReader,
    SealedWriter,
    recipient_of,
    unlock_with,
)
from xinglin.lib.backup.trouble import Damaged, WrongKey

OURS, THEIRS = bytes(range(32)), bytes(range(32, 64))
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


def sealed(content: bytes, *, to: bytes = OURS) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, recipients=[recipient_of(to)], about={"kind": "test"})
    writer.write(content)
    writer.close()
    return out.getvalue()


def opened(data: bytes, *, by: bytes = OURS) -> bytes:
    reader = SealedReader(io.BytesIO(data), unlock=unlock_with([by]), name="test")
    return reader.read(1 << 30)


def split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The head, and the chunks."""
    start = len(MAGIC) + 4
    (length,) = struct.unpack(">I", data[len(MAGIC) : start])
    head, body = data[: start + length], data[start + length :]
    return head, [body[place : place + SEALED_CHUNK] for place in range(0, len(body), SEALED_CHUNK)]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_was_written_is_read(size: int):
    content = bytes(number % 251 for number in range(size))

    assert opened(sealed(content)) == content


def test_nothing_of_the_content_shows():
    assert b"13800000000" not in sealed(b"13800000000" * 100)
    assert sealed(b"x") != sealed(b"x")


def test_the_wrong_key_is_told_with_the_key_it_wants():
    with pytest.raises(WrongKey, match=recipient_of(OURS).fingerprint):
        opened(sealed(b"x"), by=THEIRS)


@pytest.mark.parametrize("cut", [1, TAG_BYTES, SEALED_CHUNK, SEALED_CHUNK + 5, 2 * SEALED_CHUNK])
def test_what_is_cut_off_is_noticed(cut: int):
    data = sealed(bytes(2 * CHUNK_BYTES + 10))

    with pytest.raises(Damaged):
        opened(data[:-cut])


def test_chunks_that_change_places_are_noticed():
    head, chunks = split(sealed(bytes(3 * CHUNK_BYTES)))

    for order in ([1, 0, 2], [0, 0, 1, 2], [0, 2], [2]):
        with pytest.raises(Damaged):
            opened(head + b"".join(chunks[number] for number in order))


def test_chunks_of_another_backup_to_the_same_key_are_noticed():
    head, _ = split(sealed(b"one"))
    _, chunks = split(sealed(b"two"))

    with pytest.raises(Damaged):
        opened(head + b"".join(chunks))


def test_what_is_put_behind_the_end_is_noticed():
    head, chunks = split(sealed(b"content"))

    with pytest.raises(Damaged):
        opened(head + chunks[0] + chunks[0])


@settings(max_examples=60)
@given(st.data())
def test_a_changed_bit_anywhere_is_noticed(data: st.DataObject):
    whole = bytearray(sealed(b"minutes of the volunteers"))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises((Damaged, WrongKey)):
        opened(bytes(whole))


def test_another_recipient_put_into_the_header_opens_nothing():
    head, chunks = split(sealed(b"content"))
    changed = head.replace(b'"kind": "test"', b'"kind": "best"')

    with pytest.raises(Damaged):
        opened(changed + b"".join(chunks))


def test_the_writer_can_still_open_what_it_wrote():
    out = io.BytesIO()
    writer = SealedWriter(out, recipients=[recipient_of(OURS)], about={})
    writer.write(b"content")
    writer.close()

    reader = SealedReader(io.BytesIO(out.getvalue()), unlock=writer.unlock, name="test")

    assert reader.read(100) == b"content"


def test_no_backup_at_all_is_told():
    for data in (b"", b"PK\x03\x04", MAGIC, MAGIC + b"\xff\xff\xff\xff{}", MAGIC + b"\x00\x00\x00\x02{}"):
        with pytest.raises(Damaged):
            opened(data)


def written(pieces: dict[str, list[bytes]]) -> bytes:
    out = io.BytesIO()
    writer = parts.PartsWriter(SealedWriter(out, recipients=[recipient_of(OURS)], about={}), {"program": "杏林"})
    for name, chunks in pieces.items():
        writer.part(name, chunks)
    writer.close()
    return out.getvalue()


def reader_of(data: bytes) -> parts.PartsReader:
    return parts.PartsReader(SealedReader(io.BytesIO(data), unlock=unlock_with([OURS]), name="test"), name="test")


def test_parts_come_back_in_order_and_one_may_be_passed_over():
    data = written({"database": [b"a" * 300_000, b"b"], "files": [], "last": [b"c"]})

    found = {}
    reader = reader_of(data)
    for name, chunks in reader:
        if name != "files":
            found[name] = b"".join(chunks)

    assert reader.manifest == {"program": "杏林"}
    assert found == {"database": b"a" * 300_000 + b"b", "last": b"c"}
