"""Sealing what leaves the house as a file: a passphrase makes a key, the key seals block by block.

Blocks are sealed with AES-256-GCM and bound to the part and the number they are; the last one says
so, too: a file that was cut short, put together anew or changed anywhere does not open.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

LEAST_LETTERS = 12
SALT_BYTES = 16
BLOCK_BYTES = 1 << 20
LARGEST_BLOCK = 2 * BLOCK_BYTES
COST = 2**15


class Unreadable(Exception):
    """Not what was sealed, or not under this passphrase."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens the parts of one file."""

    passphrase: str
    salt: bytes

    @classmethod
    def new(cls, passphrase: str) -> Sealer:
        return cls(passphrase, os.urandom(SALT_BYTES))

    @cached_property
    def _cipher(self) -> AESGCM:
        key = Scrypt(salt=self.salt, length=32, n=COST, r=8, p=1).derive(self.passphrase.encode())
        return AESGCM(key)

    def seal(self, part: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The sealed blocks of one part, each after its length. The nonces are random, the names are bound in."""
        for number, (block, is_last) in enumerate(_blocks(pieces)):
            nonce = os.urandom(12)
            sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(block, 6), _about(part, number, is_last))
            yield struct.pack(">I?", len(sealed), is_last) + sealed

    def open(self, part: str, read: Iterable[bytes]) -> Iterator[bytes]:
        """What was sealed under this name; raises Unreadable where anything differs."""
        source = _Source(read)
        number, is_last = 0, False
        while not is_last:
            length, is_last = struct.unpack(">I?", source.take(5))
            if length > LARGEST_BLOCK:
                raise Unreadable(part)
            sealed = source.take(length)
            try:
                plain = self._cipher.decrypt(sealed[:12], sealed[12:], _about(part, number, is_last))
            except InvalidTag:
                raise Unreadable(part) from None
            unpacker = zlib.decompressobj()
            yield unpacker.decompress(plain, BLOCK_BYTES)
            number += 1
        if source.rest():
            raise Unreadable(part)


def _about(part: str, number: int, is_last: bool) -> bytes:
    return f"{part}:{number}:{'last' if is_last else 'more'}".encode()


def _blocks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks of at most one size; the last one, which may be empty, is told from the others."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) > BLOCK_BYTES:
            yield bytes(kept[:BLOCK_BYTES]), False
            del kept[:BLOCK_BYTES]
    yield bytes(kept), True


class _Source:
    """Pieces of any size, taken in the sizes that are needed."""

    def __init__(self, read: Iterable[bytes]) -> None:
        self._pieces = iter(read)
        self._kept = bytearray()

    def take(self, count: int) -> bytes:
        while len(self._kept) < count:
            piece = next(self._pieces, b"")
            if not piece:
                raise Unreadable("cut short")
            self._kept += piece
        taken = bytes(self._kept[:count])
        del self._kept[:count]
        return taken

    def rest(self) -> bool:
        return bool(self._kept) or bool(next(self._pieces, b""))
