"""A checkpoint's text and its signatures: C2SP tlog-checkpoint inside a C2SP signed note, with Ed25519.

hospital.example/log                       origin: which log this is
20852163                                   size: leaves in it
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root, base64
time 2026-11-24T01:10:00Z                  an extension line of ours: when it was signed

— hospital.example/log Az3grl…             key name, base64 of 4 bytes of key hash and the signature
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
DASH = "— "
LARGEST_NOTE_LETTERS = 16_384
MOST_SIGNATURES = 16
LARGEST_SIZE = 1 << 63
TIME = "time "


class Unreadable(Exception):
    """The text is no signed checkpoint; the message says what is wrong with it."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one moment."""

    origin: str
    size: int
    root: bytes
    at: dt.datetime

    @property
    def text(self) -> str:
        at = self.at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{TIME}{at.isoformat()}Z\n"


@dataclass(frozen=True)
class Signer:
    """Who signs: the name of the key, its public half, and what makes a signature of a text."""

    name: str
    public: bytes
    sign: Callable[[bytes], bytes]


def key_hash(name: str, public: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The public key in one line, as it is handed to whoever shall check: name+hash+key."""
    return f"{name}+{key_hash(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def is_name(name: str) -> bool:
    """May a key be called this? No spaces and no plus, as signature lines and key lines are split there."""
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def signed(text: str, signers: Sequence[Signer]) -> str:
    """The note: the text, an empty line, and one line for each signature."""
    lines = [
        f"{DASH}{each.name} {base64.b64encode(key_hash(each.name, each.public) + each.sign(text.encode())).decode()}\n"
        for each in signers
    ]
    return f"{text}\n{''.join(lines)}"


def read(note: str) -> Checkpoint:
    """What a note says, whoever signed it; raises Unreadable."""
    text, _signatures = _split(note)
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 4 or not all(lines):
        raise Unreadable("a checkpoint has an origin, a size, a root and a time")
    origin, size, root, *extensions = lines
    times = [line.removeprefix(TIME) for line in extensions if line.startswith(TIME)]
    try:
        if not (size.isascii() and size.isdigit() and str(int(size)) == size and int(size) < LARGEST_SIZE):
            raise ValueError
        hashed = base64.b64decode(root, validate=True)
        [at] = [dt.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC) for time in times]
    except (ValueError, binascii.Error):
        raise Unreadable("its size, root or time cannot be read") from None
    if len(hashed) != hashlib.sha256().digest_size:
        raise Unreadable("its root is no SHA-256")
    return Checkpoint(origin, int(size), hashed, at)


def signed_by(note: str, keys: Sequence[tuple[str, bytes]]) -> list[int]:
    """Which of these keys (name and public half) signed the note, by place. A wrong signature of one raises."""
    text, signatures = _split(note)
    found = []
    for place, (name, public) in enumerate(keys):
        wanted = key_hash(name, public)
        for signer, signature in signatures:
            if signer == name and signature[:4] == wanted:
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
                except InvalidSignature:
                    raise Unreadable(f"the signature of {name} is wrong") from None
                found.append(place)
                break
    return found


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The signed text, and the signatures with the names of their keys."""
    if len(note) > LARGEST_NOTE_LETTERS or any(letter < " " and letter != "\n" for letter in note):
        raise Unreadable("it is too long, or holds control characters")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise Unreadable("there is no signature")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Unreadable("there are too many signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, _gap, encoded = line.removeprefix(DASH).partition(" ")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        signature = b""
    if not line.startswith(DASH) or not is_name(name) or len(signature) < 5:
        raise Unreadable("a signature line cannot be read")
    return name, signature
