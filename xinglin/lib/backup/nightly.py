"""Each night: backup, restore it to see that it is one, take old ones away, and write down how it went."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinglin.lib.backup import archive, base, checking, copies, database, making, proving, rules
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.making import Made
from xinglin.lib.backup.whole import sweep, whole_file
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.environment import Environment
from xinglin.lib.locks import FileLock
from xinglin.lib.terminal import Halt, say

STATUS = "status.json"
NIGHTLY = "nightly"
MOST_UNVERIFIED = 3  # kept for looking into what is wrong with them


def run(said: Environment, *, at: dt.datetime, retention: rules.Retention | None = None) -> None:
    """The whole night. Halts when no verified backup came of it; the status file says so as well."""
    began_at = time.monotonic()
    try:
        with alone(said):
            copy = back_up(said, kind=NIGHTLY, schema="", at=at)
            proved = _copy_cluster(said, at=at) if said.wal_archive else {}
            prune(said, retention or rules.Retention())
    except BaseException as trouble:
        sentence = str(trouble) if isinstance(trouble, Halt) else type(trouble).__name__
        _note_status(said, {"last_failure": {"at": _shown(at), "problem": sentence}})
        raise
    row = {"at": _shown(at), "file": copy.path.name, "bytes": copy.size, "verified": copy.is_verified}
    seconds = round(time.monotonic() - began_at, 1)
    _note_status(said, {"last_success": {**row, **proved, "seconds": seconds}, "last_failure": None})


def _copy_cluster(said: Environment, *, at: dt.datetime) -> dict[str, str]:
    """A copy of the cluster, proved; what the status says of it."""
    made = base.make(said, at=at)
    copy = proving.prove(said, made.copy, made.unlock, at=at)
    return {"cluster": copy.path.name, "cluster_proved_by": "start" if copy.is_verified else "list"}


def back_up(said: Environment, *, kind: str, schema: str, at: dt.datetime) -> Copy:
    """Make one backup and verify it. The caller holds the folder."""
    made = make(said, kind=kind, schema=schema, at=at)
    return checking.check(said, made.copy, made.unlock, rehearse=False, at=at)


def make(said: Environment, *, kind: str, schema: str, at: dt.datetime) -> Made:
    """Make one backup of the database as it runs. The caller holds the folder."""
    with database.in_use(said) as target:
        archive.arrange(said)
        return making.make(said, target, kind=kind, schema=schema, at=at)


@contextlib.contextmanager
def alone(said: Environment) -> Iterator[None]:
    """One run at a time; what a killed one left is swept away first."""
    said.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(said.backups / ".lock")
    if not lock.take_alone():
        raise Halt("另一个备份正在进行，请等它结束。", "Another backup is under way; wait for it to end.", exit_code=1)
    try:
        sweep(said.backups)
        checking.sweep(said)
        yield
    finally:
        lock.release()


def prune(said: Environment, retention: rules.Retention) -> list[Path]:
    """Take away nightly backups that are no longer needed. Those made by hand or before an upgrade stay."""
    nightly = [copy for copy in copies.all_in(said.backups) if copy.kind == NIGHTLY]
    verified = {copy.made_at.astimezone(SHANGHAI): copy for copy in nightly if copy.is_verified}
    kept = rules.kept(verified, retention)
    goes = [copy for moment, copy in verified.items() if moment not in kept]
    goes += [copy for copy in nightly if not copy.is_verified][:-MOST_UNVERIFIED]
    for copy in goes:
        copies.remove(copy)
    if goes:
        say(f"按期限删除了 {len(goes)} 份旧备份", f"Removed {len(goes)} backups that are past their time")
    return [copy.path for copy in goes]


def status(said: Environment) -> dict[str, Any]:
    """How the nights went, for health, metrics and alerts; empty when there was none."""
    try:
        found = json.loads((said.backups / STATUS).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note_status(said: Environment, news: dict[str, Any]) -> None:
    # A disk that is full must not hide the trouble that is being told.
    with contextlib.suppress(Halt), whole_file(said.backups / STATUS) as file:
        file.write(json.dumps({**status(said), **news}, ensure_ascii=False, indent=1).encode() + b"\n")


def _shown(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")
