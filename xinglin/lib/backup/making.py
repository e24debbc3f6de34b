"""Make one backup: the database, or one city's schema, and the files, sealed into one file."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import subprocess
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import psycopg

from xinglin.lib.backup import copies, database, facts, files, keys
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.parts import Manifest, PartsWriter
from xinglin.lib.backup.progress import size, told
from xinglin.lib.backup.stream import SealedWriter, Unlock
from xinglin.lib.backup.whole import whole_file
from xinglin.lib.environment import CHECKOUT, Environment
from xinglin.lib.postgres import Programs
from xinglin.lib.terminal import Halt, say

FORMAT = 1
SHARED_SCHEMA = "public"  # what all cities share: the cities themselves, the jobs, the extensions


@dataclass(frozen=True)
class Made:
    """A backup just made, and the one thing that still opens it here without the private key."""

    copy: Copy
    unlock: Unlock


def make(said: Environment, target: Target, *, kind: str, schema: str = "", at: dt.datetime) -> Made:
    """Write a backup into the folder of backups; there whole or not at all."""
    began_at = time.monotonic()
    path = copies.path_for(said.backups, kind=kind, schema=schema, at=at)
    recipient = keys.recipient(said)
    programs = database.programs_for(target)
    say(f"备份{_what(schema)[0]}（{programs}）", f"Backing up {_what(schema)[1]}")
    with whole_file(path) as file, _snapshot(target) as (connection, snapshot):
        _refuse_unknown(schema, connection)
        manifest = _manifest(said, connection, programs, kind=kind, schema=schema, at=at)
        summed = Summed(file)
        writer = SealedWriter(
            summed, recipients=[recipient], about={"kind": kind, "schema": schema, "made_at": at.isoformat()}
        )
        _write_parts(PartsWriter(writer, manifest), said, target, programs, snapshot=snapshot, schema=schema)
    seconds = round(time.monotonic() - began_at, 1)
    about = {name: value for name, value in manifest.items() if name not in ("heads", "keys", "keys_of_city")}
    copy = Copy(path, kind, schema, at, summed.size, summed.total.hexdigest(), seconds, "", about)
    copies.note(copy)
    say(f"写好了 {path.name}，{size(copy.size)}，{seconds} 秒", f"Written in {seconds} s")
    return Made(copy, writer.unlock)


def version() -> str:
    """The program's version, with the commit where it is known."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    number = str(project["project"]["version"])
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["git", "rev-parse", "--short=12", "HEAD"]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=10)
        if done.returncode == 0:
            return f"{number} ({done.stdout.strip()})"
    return number


def _write_parts(
    parts: PartsWriter, said: Environment, target: Target, programs: Programs, *, snapshot: str, schema: str
) -> None:
    if schema:
        # Of the other cities nothing; what they share comes along, so that the city can be tried out elsewhere.
        shared = database.dump(target, programs, snapshot=snapshot, schema=SHARED_SCHEMA, with_extensions=True)
        parts.part("shared", shared)
    chunks = database.dump(target, programs, snapshot=snapshot, schema=schema or None)
    parts.part("database", told(chunks, "已备份数据库", "Database"))
    # The files come after the rows that name them, so that no row of the backup misses its file.
    media = said.var / files.MEDIA / schema if schema else said.var / files.MEDIA
    parts.part("files", told(files.packed(media), "已备份文件", "Files"))
    parts.close()


def _manifest(
    said: Environment,
    connection: psycopg.Connection[Any],
    programs: Programs,
    *,
    kind: str,
    schema: str,
    at: dt.datetime,
) -> Manifest:
    return {
        "format": FORMAT,
        "program": version(),
        "made_at": at.isoformat(timespec="seconds"),
        "kind": kind,
        "schema": schema,
        "dumped_with": programs.version,
        "keys": keys.fingerprints(said),
        "keys_of_city": facts.keys_of_city(connection, schema) if schema else "",
        **facts.about_server(connection),
        **facts.gather(connection, schema=schema or None),
    }


@contextlib.contextmanager
def _snapshot(target: Target) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """One view of the database for the counting and the dump, however long they take and whatever is written."""
    with target.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None
            yield connection, row[0]


def _refuse_unknown(schema: str, connection: psycopg.Connection[Any]) -> None:
    if schema and schema not in facts.schemas(connection):
        slug = schema.removeprefix(facts.CITY_PREFIX)
        raise Halt(f"没有“{slug}”这个城市的数据。请检查 CITY。", f'There is no data of a city "{slug}". Check CITY.')


def _what(schema: str) -> tuple[str, str]:
    return (f"城市 {schema}", f"the city {schema}") if schema else ("全部数据", "everything")


class Summed:
    """A file that knows its sum and its size."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.total = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self._file.write(data)
        self.total.update(data)
        self.size += len(data)
