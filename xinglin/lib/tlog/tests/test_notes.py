"""Checkpoints as signed notes: what is written is read, and nothing else is."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib.tlog import notes

NINE = dt.datetime(2026, 11, 24, 1, 0, 0, tzinfo=dt.UTC)
CHECKPOINT = notes.Checkpoint("hospital.example/log", 8, bytes(range(32)), NINE)
# The example of C2SP signed-note: this text, by this key.
PUBLISHED_KEY = ("PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signer(seed: int, name: str = "hospital.example/log") -> notes.Signer:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return notes.Signer(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign)


def key_of(signer: notes.Signer) -> tuple[str, bytes]:
    return signer.name, signer.public


def test_the_published_note_is_checked():
    name, hashed, encoded = PUBLISHED_KEY
    public = base64.b64decode(encoded)[1:]

    assert notes.key_hash(name, public).hex() == hashed
    assert notes.verifier_key(name, public) == "+".join(PUBLISHED_KEY)
    assert notes.signed_by(PUBLISHED_NOTE, [(name, public)]) == [0]


def test_what_is_signed_is_read_again():
    note = notes.signed(CHECKPOINT.text, [signer(1)])

    assert notes.read(note) == CHECKPOINT
    assert note.splitlines()[:4] == [
        "hospital.example/log",
        "8",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "time 2026-11-24T01:00:00Z",
    ]


def test_each_of_two_signers_is_found():
    note = notes.signed(CHECKPOINT.text, [signer(1), signer(2)])

    assert notes.signed_by(note, [key_of(signer(3)), key_of(signer(2)), key_of(signer(1))]) == [1, 2]


def test_a_note_of_somebody_else_is_signed_by_nobody_we_know():
    note = notes.signed(CHECKPOINT.text, [signer(1, "another.example/log")])

    assert notes.signed_by(note, [key_of(signer(1))]) == []


def test_another_text_under_the_same_signature_is_noticed():
    note = notes.signed(CHECKPOINT.text, [signer(1)]).replace("\n8\n", "\n9\n")

    with pytest.raises(notes.Unreadable, match="wrong"):
        notes.signed_by(note, [key_of(signer(1))])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.partition("\n\n")[0],
        lambda note: note.replace("\n8\n", "\n08\n"),
        lambda note: note.replace("\n8\n", "\n-8\n"),
        lambda note: note.replace("\n8\n", "\n八\n"),
        lambda note: note.replace("AAEC", "AAE"),
        lambda note: note.replace("time ", "when "),
        lambda note: note.replace("T01", "T25"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("hospital", "hos\x00pital"),
        lambda note: note + "x" * notes.LARGEST_NOTE_LETTERS,
        lambda note: note[:-1],
        lambda note: "",
    ],
)
def test_what_is_no_checkpoint_is_refused(spoil):
    note = notes.signed(CHECKPOINT.text, [signer(1)])

    with pytest.raises(notes.Unreadable):
        notes.read(spoil(note))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    for note in (text, text + "\n\n— a AAAAAAA=\n"):
        with contextlib.suppress(notes.Unreadable):
            notes.read(note)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\n"])
def test_a_key_has_a_name_without_spaces_and_plus(name):
    assert not notes.is_name(name)
    assert notes.is_name("hospital.example/log")
