"""One sealed stream. Whoever has the public key can write it, only the private key opens it.

After a header that names the recipients come chunks in AES-256-GCM. The nonce counts the chunks and marks the last one,
so that a chunk left out, exchanged or cut off is noticed; the key of the chunks is bound to the header as a whole.
The construction is that of the `age` format (STREAM), with AES-GCM because our processors have it built in.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xinglin.lib.backup.trouble import Damaged, WrongKey

MAGIC = b"XINGLIN-BACKUP-1\n"
CHUNK_BYTES = 256 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
LONGEST_HEADER_BYTES = 64 * 1024
NO_NONCE = bytes(12)  # the key that it goes with seals one thing only

Header = dict[str, Any]
Unlock = Callable[[Header, str], bytes]  # the header and the file's name in, the content key out


class Sink(Protocol):
    """Anything that can be written to."""

    def write(self, data: bytes, /) -> Any: ...


@dataclass(frozen=True)
class Recipient:
    """The public half of a key pair: enough to write backups, not to read them."""

    public: bytes

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.public).hexdigest()[:16]


class SealedWriter:
    """Seals what is written to it; `close` marks the end, without which the stream counts as cut off."""

    def __init__(self, out: Sink, *, recipients: Sequence[Recipient], about: dict[str, Any]) -> None:
        assert recipients, "a stream for nobody could never be opened"
        content_key = os.urandom(KEY_BYTES)
        self._ephemeral = X25519PrivateKey.generate()
        header = {"about": about, "recipients": [_wrapped(content_key, self._ephemeral, one) for one in recipients]}
        text = json.dumps(header, sort_keys=True).encode()
        self._recipients = {one.fingerprint: one for one in recipients}
        self._out = out
        self._cipher = AESGCM(_chunk_key(content_key, text))
        self._waiting = bytearray()
        self._count = 0
        out.write(MAGIC + struct.pack(">I", len(text)) + text)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:  # one chunk stays back, because the last one is marked
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)

    def unlock(self, header: Header, name: str) -> bytes:
        """The writer can still open what it wrote, by its own half of the exchange: so a backup is verified as it lies
        on the disk, on a machine that has no private key."""
        for wrapped in header["recipients"]:
            if recipient := self._recipients.get(wrapped["key"]):
                shared = self._ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.public))
                return _unwrapped(wrapped, shared, recipient.public, name)
        raise Damaged(name)

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._count, is_last=is_last), chunk, None))
        self._count += 1


class SealedReader:
    """Opens a stream chunk by chunk; what `read` returns was written so, in this order."""

    def __init__(self, source: BinaryIO, *, unlock: Unlock, name: str) -> None:
        self._source = source
        self._name = name
        self.header, text = read_header(source, name=name)
        self._cipher = AESGCM(_chunk_key(unlock(self.header, name), text))
        self._next = source.read(CHUNK_BYTES + TAG_BYTES)
        self._opened = bytearray()
        self._count = 0
        self._has_ended = False

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes; fewer only at the true end."""
        while len(self._opened) < count and not self._has_ended:
            self._open_chunk()
        data = bytes(self._opened[:count])
        del self._opened[:count]
        return data

    def _open_chunk(self) -> None:
        sealed, self._next = self._next, self._source.read(CHUNK_BYTES + TAG_BYTES)
        self._has_ended = not self._next
        try:
            self._opened += self._cipher.decrypt(_nonce(self._count, is_last=self._has_ended), sealed, None)
        except (InvalidTag, ValueError):
            raise Damaged(self._name) from None
        self._count += 1


def read_header(source: BinaryIO, *, name: str) -> tuple[Header, bytes]:
    """The header, which is readable without a key, and its very bytes."""
    start = source.read(len(MAGIC) + 4)
    if len(start) < len(MAGIC) + 4 or not start.startswith(MAGIC):
        raise Damaged(name)
    (length,) = struct.unpack(">I", start[len(MAGIC) :])
    text = source.read(min(length, LONGEST_HEADER_BYTES))
    try:
        header = json.loads(text)
        _ = [(one["key"], one["ephemeral"], one["wrapped"]) for one in header["recipients"]], header["about"]
    except (ValueError, KeyError, TypeError):
        raise Damaged(name) from None
    return header, text


def unlock_with(private_keys: Iterable[bytes]) -> Unlock:
    """Open with the private keys at hand, whichever fits."""
    ours = {recipient_of(private).fingerprint: private for private in private_keys}

    def unlock(header: Header, name: str) -> bytes:
        for wrapped in header["recipients"]:
            if private := ours.get(wrapped["key"]):
                return _opened_by(private, wrapped, name)
        raise WrongKey(name, "、".join(wrapped["key"] for wrapped in header["recipients"]))

    return unlock


def recipient_of(private: bytes) -> Recipient:
    """The public half."""
    return Recipient(X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def _opened_by(private: bytes, wrapped: dict[str, str], name: str) -> bytes:
    try:
        ephemeral = X25519PublicKey.from_public_bytes(b64decode(wrapped["ephemeral"]))
        shared = X25519PrivateKey.from_private_bytes(private).exchange(ephemeral)
    except ValueError:
        raise Damaged(name) from None
    return _unwrapped(wrapped, shared, recipient_of(private).public, name)


def _wrapped(content_key: bytes, ephemeral: X25519PrivateKey, recipient: Recipient) -> dict[str, str]:
    ours = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.public))
    sealed = AESGCM(_wrapping_key(shared, ours, recipient.public)).encrypt(NO_NONCE, content_key, None)
    return {
        "key": recipient.fingerprint,
        "ephemeral": b64encode(ours).decode(),
        "wrapped": b64encode(sealed).decode(),
    }


def _unwrapped(wrapped: dict[str, str], shared: bytes, public: bytes, name: str) -> bytes:
    try:
        key = _wrapping_key(shared, b64decode(wrapped["ephemeral"]), public)
        return AESGCM(key).decrypt(NO_NONCE, b64decode(wrapped["wrapped"]), None)
    except (InvalidTag, ValueError):
        raise Damaged(name) from None


def _wrapping_key(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=ephemeral + public, info=b"xinglin backup 1 x25519").derive(shared)


def _chunk_key(content_key: bytes, header: bytes) -> bytes:
    salt = hashlib.sha256(header).digest()
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"xinglin backup 1 chunks").derive(content_key)


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])
