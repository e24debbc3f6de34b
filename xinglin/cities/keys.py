"""A city's own keys: made with the city, and kept wrapped by the installation's key, each bound to city and purpose."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from xinglin.lib.crypto import NONCE_BYTES, Vault

KEY_BYTES = 32
SEALING, INDEX, SIGNING = "sealing", "index", "signing"
MOST_CITIES_REMEMBERED = 1024


@dataclass(frozen=True)
class Keys:
    """The plain keys of one city: 32 bytes each. `signing` is the seed of an Ed25519 key."""

    sealing: bytes
    index: bytes
    signing: bytes

    @property
    def signing_public(self) -> bytes:
        signer = Ed25519PrivateKey.from_private_bytes(self.signing)
        return signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def new() -> Keys:
    """Keys for a new city."""
    return Keys(os.urandom(KEY_BYTES), os.urandom(KEY_BYTES), os.urandom(KEY_BYTES))


def wrap(keys: Keys, *, schema: str) -> dict[str, bytes]:
    """The fields of a City in which its keys are kept."""
    return {
        "sealing_key": _wrap(keys.sealing, schema, SEALING),
        "index_key": _wrap(keys.index, schema, INDEX),
        "signing_key": _wrap(keys.signing, schema, SIGNING),
        "signing_public": keys.signing_public,
    }


def wrap_signing(secret: bytes, *, schema: str) -> dict[str, bytes]:
    """The fields of a City in which another signing key is kept."""
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return {"signing_key": _wrap(secret, schema, SIGNING), "signing_public": public}


def unwrap(*, schema: str, sealing_key: bytes, index_key: bytes, signing_key: bytes) -> Keys:
    """The plain keys; raises cryptography.exceptions.InvalidTag under another installation's key."""
    return Keys(
        _unwrap(bytes(sealing_key), schema, SEALING),
        _unwrap(bytes(index_key), schema, INDEX),
        _unwrap(bytes(signing_key), schema, SIGNING),
    )


@lru_cache(maxsize=MOST_CITIES_REMEMBERED)
def vault(schema: str, sealing_key: bytes, index_key: bytes) -> Vault:
    """The vault of the city whose wrapped keys these are."""
    return Vault(sealing_key=_unwrap(sealing_key, schema, SEALING), index_key=_unwrap(index_key, schema, INDEX))


@lru_cache(maxsize=MOST_CITIES_REMEMBERED)
def signer(schema: str, signing_key: bytes) -> Ed25519PrivateKey:
    """What signs in the city's name."""
    return Ed25519PrivateKey.from_private_bytes(_unwrap(signing_key, schema, SIGNING))


def installation_vault() -> Vault:
    """Seals what belongs to no city: the operators' authenticators. Its keys follow from the installation's own."""
    return _installation_vault(settings.SEALING_KEY)


@lru_cache(maxsize=1)
def _installation_vault(secret: bytes) -> Vault:
    sealing, index = (
        hmac.new(secret, f"xinglin.installation.{purpose}".encode(), hashlib.sha256).digest()
        for purpose in (SEALING, INDEX)
    )
    return Vault(sealing_key=sealing, index_key=index)


def _wrap(key: bytes, schema: str, purpose: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _wrapper().encrypt(nonce, key, f"{schema}:{purpose}".encode())


def _unwrap(wrapped: bytes, schema: str, purpose: str) -> bytes:
    return _wrapper().decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], f"{schema}:{purpose}".encode())


def _wrapper() -> AESGCM:
    """Derived from the installation's sealing key, so that no second secret needs keeping."""
    return AESGCM(hmac.new(settings.SEALING_KEY, b"xinglin.cities.keys", hashlib.sha256).digest())
