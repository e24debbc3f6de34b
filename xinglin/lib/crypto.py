"""Sealing of personal numbers: encryption at rest, and a keyed blind index that finds them without opening."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@dataclass(frozen=True)
class Vault:
    """Two keys of 32 bytes: one seals, one makes blind indexes. `purpose` binds a value to the field it stands in."""

    sealing_key: bytes
    index_key: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.sealing_key)

    def seal(self, plain: str, *, purpose: str) -> bytes:
        """Encrypt with AES-256-GCM; nonce first, then ciphertext and tag. The same text never seals alike twice."""
        return self.seal_bytes(plain.encode(), purpose=purpose)

    def open(self, sealed: bytes, *, purpose: str) -> str:
        """Decrypt; raises cryptography.exceptions.InvalidTag when key, purpose or content is not the one sealed."""
        return self.open_bytes(sealed, purpose=purpose).decode()

    def seal_bytes(self, plain: bytes, *, purpose: str) -> bytes:
        """The same for a whole file."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, purpose.encode())

    def open_bytes(self, sealed: bytes, *, purpose: str) -> bytes:
        """And back."""
        sealed = bytes(sealed)
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())

    def blind(self, plain: str, *, purpose: str) -> bytes:
        """HMAC-SHA-256 of the value (32 bytes): equal values of one purpose are equal, no more can be learnt."""
        return hmac.new(self.index_key, f"{purpose}\0{plain}".encode(), hashlib.sha256).digest()
