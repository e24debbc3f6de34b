"""Several parts in one sealed stream: first the manifest, then each part with its sum, then the end.

A frame is a letter, a length and its bytes: M manifest, P a part begins, D its data, E it ends, Z all ends.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from xinglin.lib.backup.stream import SealedReader, SealedWriter
from xinglin.lib.backup.trouble import Damaged

FRAME = struct.Struct(">cI")
LARGEST_DATA_BYTES = 128 * 1024
LARGEST_NOTE_BYTES = 16 * 1024 * 1024  # a manifest names every table of every city

Manifest = dict[str, Any]


class PartsWriter:
    """Writes the manifest, then part after part."""

    def __init__(self, out: SealedWriter, manifest: Manifest) -> None:
        self._out = out
        self._frame(b"M", json.dumps(manifest, ensure_ascii=False).encode())

    def part(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write one part from start to end; returns its size."""
        self._frame(b"P", name.encode())
        size, total = 0, hashlib.sha256()
        for chunk in chunks:
            for start in range(0, len(chunk), LARGEST_DATA_BYTES):
                self._frame(b"D", chunk[start : start + LARGEST_DATA_BYTES])
            size += len(chunk)
            total.update(chunk)
        self._frame(b"E", json.dumps({"bytes": size, "sha256": total.hexdigest()}).encode())
        return size

    def close(self) -> None:
        self._frame(b"Z", b"")
        self._out.close()

    def _frame(self, kind: bytes, payload: bytes) -> None:
        self._out.write(FRAME.pack(kind, len(payload)) + payload)


class PartsReader:
    """Reads what PartsWriter wrote. A part that is not read to its end is passed over, and checked all the same."""

    def __init__(self, source: SealedReader, *, name: str) -> None:
        self._source = source
        self._name = name
        self.manifest: Manifest = self._note(self._expect(b"M"))

    def __iter__(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        while True:
            kind, payload = self._frame()
            if kind == b"Z":
                if self._source.read(1):
                    raise Damaged(self._name)
                return
            if kind != b"P":
                raise Damaged(self._name)
            chunks = self._chunks()
            yield payload.decode(errors="replace"), chunks
            for _ in chunks:
                pass

    def _chunks(self) -> Iterator[bytes]:
        size, total = 0, hashlib.sha256()
        while True:
            kind, payload = self._frame()
            if kind == b"E":
                break
            if kind != b"D":
                raise Damaged(self._name)
            size += len(payload)
            total.update(payload)
            yield payload
        if self._note(payload) != {"bytes": size, "sha256": total.hexdigest()}:
            raise Damaged(self._name)

    def _expect(self, wanted: bytes) -> bytes:
        kind, payload = self._frame()
        if kind != wanted:
            raise Damaged(self._name)
        return payload

    def _note(self, payload: bytes) -> Any:
        try:
            return json.loads(payload)
        except ValueError:
            raise Damaged(self._name) from None

    def _frame(self) -> tuple[bytes, bytes]:
        start = self._source.read(FRAME.size)
        if len(start) < FRAME.size:
            raise Damaged(self._name)
        kind, length = FRAME.unpack(start)
        payload = self._source.read(length) if length <= LARGEST_NOTE_BYTES else b""
        if len(payload) < length:
            raise Damaged(self._name)
        return kind, payload
