"""Point in time: the copy of the whole cluster on which the archived log is replayed."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from xinglin.lib import postgres
from xinglin.lib.backup import archive, copies, database, keys, making, rules, segment
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import READ_BYTES, Target
from xinglin.lib.backup.making import Made
from xinglin.lib.backup.parts import PartsWriter
from xinglin.lib.backup.progress import size, told
from xinglin.lib.backup.segment import GZIP, QUICKLY
from xinglin.lib.backup.stream import SealedWriter
from xinglin.lib.backup.whole import whole_file
from xinglin.lib.environment import Environment
from xinglin.lib.postgres import Cluster, Programs
from xinglin.lib.postgres.cluster import SUPERUSER
from xinglin.lib.terminal import Halt, say

KIND = "base"
KEPT_DAYS = 7


def make(said: Environment, *, at: dt.datetime) -> Made:
    """Copy the cluster of our own while it runs, and let go of older copies and the log before the oldest one kept."""
    _refuse_foreign(said)
    with postgres.lease(said.var, wish=said.postgres) as cluster:
        archive.arrange(said)
        made = _make(said, cluster, at=at)
        folder = archive.folder_of(said, cluster)
        segment.seal_plain(folder, keys.recipient(said), cluster.owner)
        _prune(said, folder, now=at)
    return made


def all_of(said: Environment) -> list[Copy]:
    """The copies of clusters, oldest first."""
    return [copy for copy in copies.all_in(said.backups) if copy.kind == KIND]


def programs_of(copy: Copy) -> Programs:
    """Those of the very server that it was copied from; a data folder opens to no other."""
    wanted = int(str(copy.about["server"]).split(".")[0])
    found = [programs for programs in postgres.all_programs() if programs.major == wanted]
    if not found:
        raise Halt(
            f"这份副本要用 PostgreSQL {wanted} 的程序，这里没有。请安装 postgresql-{wanted}。没有动任何数据。",
            f"This copy needs PostgreSQL {wanted}, which is not here. Install postgresql-{wanted}.",
        )
    return found[0]


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The tar stream as pg_basebackup gave it."""
    opener = zlib.decompressobj(GZIP)
    for chunk in chunks:
        yield opener.decompress(chunk)
    yield opener.flush()


def _make(said: Environment, cluster: Cluster, *, at: dt.datetime) -> Made:
    began_at = time.monotonic()
    say("复制整个数据库集群，用于恢复到任一分钟", "Copying the cluster, for going back to any minute")
    path = copies.path_for(said.backups, kind=KIND, schema="", at=at)
    # The copy begins at a checkpoint that is made after this, so every piece it needs comes no earlier.
    first = cluster.sql("select pg_walfile_name(pg_current_wal_lsn())")
    about: dict[str, Any] = {
        "kind": KIND,
        "server": cluster.programs.version,
        "system": archive.system_number(cluster.places.data),
        "first_segment": first,
    }
    with whole_file(path) as file:
        summed = making.Summed(file)
        writer = SealedWriter(summed, recipients=[keys.recipient(said)], about=about)
        parts = PartsWriter(writer, {**about, "program": making.version(), "made_at": at.isoformat(timespec="seconds")})
        parts.part("cluster", told(_packed(_copied(cluster)), "已复制", "Copied"))
        parts.close()
    # Only with the log up to its end is the copy sound, so going back is possible from here on, not before.
    about["ended_at"] = cluster.sql(
        "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')"
    )
    seconds = round(time.monotonic() - began_at, 1)
    copy = Copy(path, KIND, "", at, summed.size, summed.total.hexdigest(), seconds, "", about)
    copies.note(copy)
    say(f"写好了 {path.name}，{size(copy.size)}，{seconds} 秒", f"Written in {seconds} s")
    return Made(copy, writer.unlock)


def _copied(cluster: Cluster) -> Iterator[bytes]:
    """pg_basebackup's tar stream, with the log that the copy itself needs."""
    target = Target(cluster.url(role=SUPERUSER, database="postgres"))
    options = ["-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "--manifest-checksums=SHA256"]
    command: list[str | Path] = [cluster.programs.bin / "pg_basebackup", *options, *target.words()]
    with database.running("pg_basebackup", command, target, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while block := process.stdout.read(READ_BYTES):
            yield block


def _packed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(QUICKLY, zlib.DEFLATED, GZIP)
    for block in blocks:
        yield packer.compress(block)
    yield packer.flush()


def _prune(said: Environment, folder: Path, *, now: dt.datetime) -> None:
    found = [copy for copy in all_of(said) if str(copy.about["system"]) == folder.name]
    needed = [copy for copy in found if copy.made_at > now - dt.timedelta(days=KEPT_DAYS)] or found[-1:]
    # One more before them: without it the first hours of the seven days could not be reached.
    start = max(0, found.index(needed[0]) - 1)
    for copy in found[:start]:
        copies.remove(copy)
    oldest = str(found[start].about["first_segment"])
    pieces = segment.all_in(folder)
    for name in rules.segments_to_drop(list(pieces), oldest_needed=oldest):
        pieces[name].unlink(missing_ok=True)


def _refuse_foreign(said: Environment) -> None:
    if said.direct_url or said.database_url:
        raise Halt(
            "XINGLIN_WAL_ARCHIVE 只管自带的数据库；Debian 的 PostgreSQL 请按 OPERATIONS.md 设置。",
            "XINGLIN_WAL_ARCHIVE is for our own database; for Debian's PostgreSQL see OPERATIONS.md.",
        )
