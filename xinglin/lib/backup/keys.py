"""The keys, apart from the backups: one file under a passphrase, to be kept where the backups are not.

A backup never holds what opens it, nor the keys of the personal numbers in it. This machine keeps the public key only.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import hmac
import json
import os
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from xinglin.lib import environment
from xinglin.lib.backup.stream import Recipient, recipient_of
from xinglin.lib.backup.trouble import Damaged, WrongPassphrase, unreadable
from xinglin.lib.backup.whole import whole_file
from xinglin.lib.environment import Environment
from xinglin.lib.terminal import Halt

FORMAT = "xinglin-keys-1"
RECIPIENT = "backup-recipient"
LEAST_PASSPHRASE_LETTERS = 12
SCRYPT = {"n": 2**17, "r": 8, "p": 1}  # about 128 MB and a third of a second for each guess
COSTLIEST_SCRYPT_N = 2**20
LARGEST_FILE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Keys:
    """What a keys file holds."""

    private: list[bytes] = field(repr=False)  # the newest first
    secrets: dict[str, str] = field(repr=False)  # file name in var/secrets → what stands in it


def recipient(said: Environment) -> Recipient:
    """Who may open the backups of this installation."""
    path = said.var / "secrets" / RECIPIENT
    try:
        return Recipient(b64decode(path.read_text(encoding="ascii").strip(), validate=True))
    except FileNotFoundError:
        raise Halt(
            "还没有备份用的钥匙。请先运行 make backup-keys，并把它写出的密钥文件另存到别处。",
            "There is no key for backups yet. Run `make backup-keys` first and keep its file elsewhere.",
        ) from None
    except (OSError, ValueError):
        raise Halt(
            f"读不懂 {path}，请重新运行 make backup-keys。", f"Cannot read {path}; run `make backup-keys` again."
        ) from None


def collect(said: Environment, *, before: Keys | None) -> Keys:
    """The keys of this installation: with a pair that is new, or that of an earlier keys file."""
    private = before.private if before else [X25519PrivateKey.generate().private_bytes_raw()]
    folder = said.var / "secrets"
    kept = [path for path in sorted(folder.glob("[!.]*")) if path.is_file() and path.name != RECIPIENT]
    secrets = {path.name: path.read_text(encoding="utf-8").strip() for path in kept}
    # What is handed in by the environment stands in no file here, and is needed all the same.
    secrets |= {"sealing-key": b64encode(said.sealing_key).decode(), "secret-key": said.secret_key}
    return Keys(private, secrets)


def write(keys: Keys, path: Path, *, passphrase: str, at: dt.datetime) -> None:
    """Seal the keys into their file."""
    salt, nonce = os.urandom(16), os.urandom(12)
    head: dict[str, Any] = {
        "format": FORMAT,
        "made_at": at.isoformat(timespec="seconds"),
        "opens": [recipient_of(one).fingerprint for one in keys.private],
        "scrypt": {**SCRYPT, "salt": b64encode(salt).decode()},
        "nonce": b64encode(nonce).decode(),
    }
    plain = {"private": [b64encode(one).decode() for one in keys.private], "secrets": keys.secrets}
    sealed = AESGCM(_stretched(passphrase, head)).encrypt(nonce, json.dumps(plain).encode(), _bound(head))
    with whole_file(path) as file:
        file.write(json.dumps({**head, "sealed": b64encode(sealed).decode()}, indent=1).encode() + b"\n")


def read(path: Path, *, passphrase: str) -> Keys:
    """Open a keys file; halts with a sentence for a wrong passphrase and for a file that is none."""
    try:
        head = json.loads(path.read_bytes()[:LARGEST_FILE_BYTES])
        sealed, nonce = b64decode(head.pop("sealed")), b64decode(head["nonce"])
        key = _stretched(passphrase, head)
    except OSError as trouble:
        raise unreadable(path, trouble) from trouble
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Damaged(path.name) from None
    try:
        plain = json.loads(AESGCM(key).decrypt(nonce, sealed, _bound(head)))
    except (InvalidTag, ValueError):
        raise WrongPassphrase(path.name) from None
    return Keys([b64decode(one) for one in plain["private"]], plain["secrets"])


def keep_recipient(keys: Keys, folder: Path) -> Recipient:
    """Leave the public half here."""
    ours = recipient_of(keys.private[0])
    with whole_file(folder / RECIPIENT) as file:
        file.write(b64encode(ours.public) + b"\n")
    return ours


def put_back(keys: Keys, folder: Path) -> list[str]:
    """Write the secrets that are missing here; halts, with nothing written, when others stand here already."""
    found = {name: folder / name for name in keys.secrets if (folder / name).exists()}
    different = [name for name, path in found.items() if path.read_text(encoding="utf-8").strip() != keys.secrets[name]]
    if different:
        raise Halt(
            f"{folder} 里已有不同的密钥（{'、'.join(different)}），没有覆盖。请先把它们移到别处。",
            f"{folder} holds other keys already ({', '.join(different)}); nothing was overwritten. Move them first.",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = sorted(set(keys.secrets) - set(found))
    for name in missing:
        with whole_file(folder / Path(name).name) as file:
            file.write(keys.secrets[name].encode() + b"\n")
    return missing


def fingerprints(said: Environment) -> dict[str, str]:
    """Which keys the numbers in a backup are sealed with, without telling the keys."""
    return {"sealing": hmac.new(said.sealing_key, b"xinglin fingerprint of a key", hashlib.sha256).hexdigest()[:16]}


def ask_passphrase(*, is_new: bool) -> str:
    """From the file that XINGLIN_PASSPHRASE_FILE names, or typed; never from the command line, where others see it."""
    if file := environment.passphrase_file():
        passphrase = _passphrase_in(Path(file))
    elif sys.stdin.isatty():
        passphrase = getpass.getpass("口令 Passphrase: ")
        if is_new and getpass.getpass("再输一次 Again: ") != passphrase:
            raise Halt("两次输入的口令不一样，请重来。", "The two passphrases differ; start again.")
    else:
        raise Halt(
            "需要口令：请在终端里运行，或用 XINGLIN_PASSPHRASE_FILE 指出写着口令的文件。",
            "A passphrase is needed: run this in a terminal, or name its file in XINGLIN_PASSPHRASE_FILE.",
        )
    if is_new and len(passphrase) < LEAST_PASSPHRASE_LETTERS:
        raise Halt(
            f"口令太短：至少 {LEAST_PASSPHRASE_LETTERS} 个字符，例如四五个不相干的词。",
            f"The passphrase is too short: at least {LEAST_PASSPHRASE_LETTERS} characters, such as four or five words.",
        )
    return passphrase


def _passphrase_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Halt(
            f"读不到 XINGLIN_PASSPHRASE_FILE 指的文件 {path}。",
            f"The file of XINGLIN_PASSPHRASE_FILE, {path}, cannot be read.",
        ) from None


def _stretched(passphrase: str, head: dict[str, Any]) -> bytes:
    cost = {name: int(head["scrypt"][name]) for name in SCRYPT}
    if not 2 <= cost["n"] <= COSTLIEST_SCRYPT_N or cost["r"] != SCRYPT["r"] or cost["p"] != SCRYPT["p"]:
        raise ValueError("a cost that nobody chose")
    return Scrypt(salt=b64decode(head["scrypt"]["salt"]), length=32, **cost).derive(passphrase.encode())


def _bound(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()
