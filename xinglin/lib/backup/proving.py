"""A copy of the cluster is proved too: each night its files against the server's list, each week by starting it.

To start it takes as much room as the database itself and the time to recompute the ledger, so it is done in turns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xinglin.lib import postgres
from xinglin.lib.backup import base, checking, copies, files, landing, rules
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.progress import told
from xinglin.lib.backup.stream import Unlock
from xinglin.lib.backup.trouble import Damaged
from xinglin.lib.environment import Environment
from xinglin.lib.terminal import Halt, say

RECOVER_EVERY = dt.timedelta(days=6, hours=12)  # the seventh night, whenever in it the timer fires
LIST = "backup_manifest"  # written by pg_basebackup: every file with its size and sum, and the log that is needed
LOG = "pg_wal/"
READ_BYTES = 1024 * 1024
MOST_SHOWN = 3


def prove(said: Environment, copy: Copy, unlock: Unlock, *, at: dt.datetime) -> Copy:
    """Compare a copy just made with the server's list; once a week also let it come up. Halts when it is no copy."""
    began_at = time.monotonic()
    copies.check_sum(copy)
    count = compare(copy, unlock)
    recovers = is_due(base.all_of(said), at=at)
    if recovers:
        recover(said, copy, unlock)
        copy = replace(copy, verified_at=at.isoformat(timespec="seconds"))
        copies.note(copy)
    seconds = time.monotonic() - began_at
    how = ("，启动过，账是平的", ", started, ledger sound") if recovers else ("", "")
    say(
        f"集群副本核对无误：{count} 个文件{how[0]}，{seconds:.1f} 秒",
        f"The copy of the cluster is sound: {count} files{how[1]}, {seconds:.1f} s",
    )
    return copy


def is_due(found: Iterable[Copy], *, at: dt.datetime) -> bool:
    """Has no copy come up for a week?"""
    proved = [dt.datetime.fromisoformat(copy.verified_at) for copy in found if copy.is_verified]
    return not proved or max(proved) <= at - RECOVER_EVERY


def compare(copy: Copy, unlock: Unlock) -> int:
    """Read the copy through, as it lies on the disk, without unpacking it; returns how many files it holds."""
    with landing.opened(copy.path, unlock) as parts:
        for _name, chunks in parts:
            seen = _seen(base.unpacked(told(chunks, "已核对", "Compared")), name=copy.path.name)
            wrong = list(seen.differences())
            if wrong:
                shown = "; ".join(wrong[:MOST_SHOWN])
                raise Halt(
                    f"集群副本 {copy.path.name} 与数据库的清单不一样，共 {len(wrong)} 处：{shown}",
                    f"{copy.path.name} differs from the server's list in {len(wrong)} places: {shown}",
                    exit_code=1,
                )
            return len(seen.sums)
    raise Damaged(copy.path.name)


def recover(said: Environment, copy: Copy, unlock: Unlock) -> None:
    """Start the copy in a scratch folder, with the log that it brought, and recompute the time bank there."""
    say(f"启动 {copy.path.name} 核对", "Starting the copy of the cluster, to see that it is one")
    programs = base.programs_of(copy)
    folder = checking.scratch_folder(said)
    with postgres.throw_away(programs=programs, inside=folder, fill=lambda data: unpack(copy, unlock, data)) as cluster:
        landing.verify(Target(cluster.url()))


def unpack(copy: Copy, unlock: Unlock, data: Path) -> None:
    """The data folder of the copied cluster."""
    with landing.opened(copy.path, unlock) as parts:
        for _name, chunks in parts:
            files.unpack(base.unpacked(told(chunks, "已解开", "Unpacked")), data, name=copy.path.name)
    data.chmod(0o700)


@dataclass
class Seen:
    """What a copy holds, beside what the server said that it would."""

    sums: dict[str, tuple[int, str]] = field(default_factory=dict)  # path → size, SHA-256
    listed: dict[str, Any] | None = None

    def differences(self) -> Iterator[str]:
        """Each file that is missing, changed or too much, and each piece of the log that is missing."""
        if self.listed is None:
            yield LIST
            return
        promised = {_path(row): (int(row["Size"]), str(row["Checksum"]).lower()) for row in self.listed["Files"]}
        for path, facts in promised.items():
            if self.sums.get(path) != facts:
                yield path
        yield from (path for path in self.sums if path not in promised and not path.startswith(LOG))
        for needed in self.listed["WAL-Ranges"]:
            names = rules.pieces_between(int(needed["Timeline"]), needed["Start-LSN"], needed["End-LSN"])
            yield from (name for name in names if LOG + name not in self.sums)


def _seen(chunks: Iterator[bytes], *, name: str) -> Seen:
    seen = Seen()
    try:
        with tarfile.open(fileobj=files.joined(chunks), mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None:
                    continue
                if member.name == LIST:
                    seen.listed = json.load(file)
                    continue
                total = hashlib.sha256()
                while block := file.read(READ_BYTES):
                    total.update(block)
                seen.sums[member.name.removeprefix("./")] = (member.size, total.hexdigest())
    except (tarfile.TarError, ValueError):
        raise Damaged(name) from None
    return seen


def _path(row: dict[str, Any]) -> str:
    """As it stands in the list: a name that is no UTF-8 comes as hex."""
    encoded = row.get("Encoded-Path")
    return bytes.fromhex(encoded).decode(errors="surrogateescape") if encoded else str(row["Path"])
