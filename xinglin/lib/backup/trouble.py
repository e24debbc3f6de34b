"""What can be wrong with a backup, a key or a disk, as a sentence."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from xinglin.lib.terminal import Halt

# What PostgreSQL quotes may be a person's: COPY people, line 3, column phone: "13800000000"; Key (phone)=(…).
VALUES = re.compile(r": \".*\"|=\(.*?\)")
NO_SPACE = ("No space left on device", "Disk quota exceeded", "could not extend file", "disk full")


class Damaged(Halt):
    """The file is not what was written: cut off, changed, or put together anew."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"备份 {name} 不完整或被改动过，没有用它恢复任何内容。请换另一份备份。",
            f"The backup {name} is cut off or was changed; nothing was restored from it. Use another one.",
            exit_code=1,
        )


class WrongKey(Halt):
    """None of the keys at hand opens it."""

    def __init__(self, name: str, fingerprints: str) -> None:
        super().__init__(
            f"手里的钥匙打不开备份 {name}（它要钥匙 {fingerprints}）。请用与它同时期的密钥文件：KEYS=文件。",
            f"No key at hand opens {name}: it wants key {fingerprints}. Name the keys file of its time: KEYS=file.",
            exit_code=1,
        )


class WrongPassphrase(Halt):
    """The passphrase does not open the keys file, or the file was changed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"口令打不开密钥文件 {name}。请再输一次；确认无误仍打不开，文件可能已损坏，请用另一份。",
            f"The passphrase does not open the keys file {name}. Try again; if it is right, the file may be damaged.",
            exit_code=1,
        )


def unreadable(path: Path, trouble: OSError) -> Halt:
    """A file that is not there, or a disk that says no."""
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(path)
    reason = os.strerror(trouble.errno) if trouble.errno else str(trouble)
    return Halt(f"不能读写 {path}（{reason}）。", f"Cannot read or write {path} ({reason}).", exit_code=1)


def full_disk(path: Path) -> Halt:
    """No room: what was half written is gone again."""
    return Halt(
        f"{path} 所在的磁盘满了，写了一半的已经删掉，原有数据没有动。请腾出空间后再试。",
        f"The disk of {path} is full. What was half written is gone again; nothing else was touched. Make room first.",
        exit_code=1,
    )


def failed(program: str, said: str, *, where: Path | None = None) -> Halt:
    """A program of PostgreSQL gave up: its first complaint, without the values that it quotes."""
    if where is not None and any(words in said for words in NO_SPACE):
        return full_disk(where)
    lines = [line for line in said.splitlines() if "error:" in line.lower() or "FATAL" in line]
    first = VALUES.sub(": …", lines[0]) if lines else "?"
    return Halt(f"{program} 没有成功：{first}", f"{program} failed: {first}", exit_code=1)
