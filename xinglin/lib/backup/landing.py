"""Bring a backup into a database that is there and empty, and see that everything arrived."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from xinglin.lib.backup import database, facts, files
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.parts import Manifest, PartsReader
from xinglin.lib.backup.progress import told
from xinglin.lib.backup.stream import SealedReader, Unlock
from xinglin.lib.backup.trouble import VALUES, Damaged, unreadable
from xinglin.lib.environment import CHECKOUT
from xinglin.lib.postgres import Programs
from xinglin.lib.terminal import Halt

PARTS = {"database", "files"}
MOST_SHOWN = MOST_NAMED = 5
APPLYING = re.compile(r"Applying (\S+?)\.\.\.(?! OK)")


@contextlib.contextmanager
def opened(path: Path, unlock: Unlock) -> Iterator[PartsReader]:
    """A backup, ready to be read from the start."""
    try:
        with path.open("rb") as source:
            yield PartsReader(SealedReader(source, unlock=unlock, name=path.name), name=path.name)
    except OSError as trouble:
        raise unreadable(path, trouble) from trouble


def manifest_of(path: Path, unlock: Unlock) -> Manifest:
    """What the backup says of itself."""
    with opened(path, unlock) as parts:
        return parts.manifest


def land(path: Path, unlock: Unlock, target: Target, programs: Programs, *, folder: Path) -> Manifest:
    """Restore the database into `target` and the files into `folder`, which is made; halts unless all is there."""
    with opened(path, unlock) as parts:
        manifest, arrived = parts.manifest, set()
        if manifest["schema"]:
            # The dump of a schema makes the schema.
            with target.connect() as connection:
                connection.execute("DROP SCHEMA IF EXISTS public")
        for name, chunks in parts:
            arrived.add(name)
            if name in ("shared", "database"):
                database.restore(told(chunks, "已读出数据库", "Read of the database"), target, programs)
            elif name == "files":
                files.unpack(told(chunks, "已读出文件", "Read of the files"), folder, name=path.name)
    if not arrived >= PARTS:
        raise Damaged(path.name)
    compare(manifest, target)
    return manifest


def land_database_only(path: Path, unlock: Unlock, target: Target, programs: Programs) -> None:
    """Restore the schema of one city where what it shares with others is there already."""
    with opened(path, unlock) as parts:
        for name, chunks in parts:
            if name == "database":
                database.restore(chunks, target, programs)


def compare(manifest: Manifest, target: Target) -> None:
    """Halts when a table has other rows, or an append-only one another end, than when the backup was made."""
    with target.connect() as connection:
        connection.execute("ANALYZE")
        found = facts.gather(connection, schema=manifest["schema"] or None)
    different = list(facts.differences(manifest, found))
    if different:
        shown = "; ".join(different[:MOST_SHOWN])
        raise Halt(
            f"恢复出来的与备份时不一样，共 {len(different)} 处：{shown}",
            f"What was restored differs from what was backed up in {len(different)} places: {shown}",
            exit_code=1,
        )


def verify(target: Target, *, city: str = "") -> None:
    """Recompute the time bank from zero on what was restored."""
    with target.connect() as connection:
        open_cities = facts.open_cities(connection)
    if city and city not in open_cities:
        return  # closed: no command works in it, and its rows were counted
    if open_cities:
        manage(target, "verify_ledger", *(["--city", city.removeprefix(facts.CITY_PREFIX)] if city else ["--all"]))


def rehearse(target: Target) -> None:
    """Run the migrations of this code on a copy; halts with the name of the one that fails."""
    done = _managed(target, "migrate", "--noinput", "-v", "1")
    if done.returncode:
        failed, last = failed_migration(done.stdout, done.stderr), last_words(done.stderr)
        raise Halt(
            f"演练没有通过：{failed}（{last}）。正在用的数据没有动过，旧程序照常运行。",
            f"The rehearsal failed at {failed} ({last}). The data in use was not touched, and the old code runs on.",
            exit_code=1,
        )


def manage(target: Target, *arguments: str) -> None:
    """Run one management command on that database; halts with its last words when it fails."""
    done = _managed(target, *arguments)
    if done.returncode:
        last = last_words(done.stdout + done.stderr)
        raise Halt(
            f"{arguments[0]} 在恢复出来的数据上没有通过：{last}",
            f"{arguments[0]} failed on what was restored: {last}",
            exit_code=1,
        )


def failed_migration(told: str, complained: str) -> str:
    """The migration that was begun and not finished, or the cities that failed, from what `migrate` printed."""
    cities = [line.removeprefix("✗").strip() for line in complained.splitlines() if line.startswith("✗")]
    begun = APPLYING.findall(told)
    return VALUES.sub(": …", "；".join(cities[:MOST_NAMED])) or (begun[-1] if begun else "migrate")


def last_words(said: str) -> str:
    """The last line that quotes no row."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("DETAIL", "CONTEXT", "HINT", "LINE"))]
    return VALUES.sub(": …", told[-1]) if told else ""


def _managed(target: Target, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "DATABASE_URL": target.url}
    settings.pop("XINGLIN_DIRECT_URL", None)
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), *arguments], cwd=CHECKOUT, env=settings,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
