"""The backups that lie in a folder, each with a note beside it that is readable without a key and names no person."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xinglin.lib.backup.trouble import Damaged, unreadable
from xinglin.lib.backup.whole import whole_file
from xinglin.lib.clock import SHANGHAI

SUFFIX = ".backup"
NOTE = ".json"
READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Copy:
    """One backup on the disk."""

    path: Path
    kind: str  # nightly, manual, upgrade, base
    schema: str  # empty for all
    made_at: dt.datetime
    size: int
    sha256: str
    seconds: float
    verified_at: str  # empty until it was restored and verified
    about: dict[str, Any]

    @property
    def is_verified(self) -> bool:
        return bool(self.verified_at)


def path_for(folder: Path, *, kind: str, schema: str, at: dt.datetime) -> Path:
    """`xinglin-20261121-023000-nightly.backup`, in the hospital's own time."""
    stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    place = "".join(letter if letter.isalnum() else "_" for letter in schema)
    return folder / f"xinglin-{stamp}-{kind}{f'-{place}' if place else ''}{SUFFIX}"


def note(copy: Copy) -> None:
    """Write down what it is, beside it."""
    row = {**asdict(copy), "path": copy.path.name, "made_at": copy.made_at.isoformat(timespec="seconds")}
    with whole_file(copy.path.with_name(copy.path.name + NOTE)) as file:
        file.write(json.dumps(row, ensure_ascii=False, indent=1).encode() + b"\n")


def read(path: Path) -> Copy | None:
    """What the note beside a backup says; None when there is none, or none that can be read."""
    try:
        row = json.loads(path.with_name(path.name + NOTE).read_bytes())
        return Copy(**{**row, "path": path, "made_at": dt.datetime.fromisoformat(row["made_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def all_in(folder: Path) -> Iterator[Copy]:
    """Every backup with its note, oldest first."""
    found = (read(path) for path in sorted(folder.glob(f"xinglin-*{SUFFIX}")))
    yield from sorted((copy for copy in found if copy), key=lambda copy: copy.made_at)


def remove(copy: Copy) -> None:
    """The backup and its note."""
    copy.path.unlink(missing_ok=True)
    copy.path.with_name(copy.path.name + NOTE).unlink(missing_ok=True)


def check_sum(copy: Copy) -> None:
    """Whether the file still is what its note says, without any key."""
    total = hashlib.sha256()
    try:
        with copy.path.open("rb") as file:
            while block := file.read(READ_BYTES):
                total.update(block)
    except OSError as trouble:
        raise unreadable(copy.path, trouble) from trouble
    if total.hexdigest() != copy.sha256:
        raise Damaged(copy.path.name)
