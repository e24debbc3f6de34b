"""Point in time: the cluster as it was at a minute, from the last copy before it and the log that was archived since.

It is recovered beside what is there, verified, and takes its place only then; what was there keeps another name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xinglin.lib import postgres
from xinglin.lib.backup import archive, base, keys, landing, proving, restoring, rules, segment
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.stream import Unlock
from xinglin.lib.backup.trouble import unreadable
from xinglin.lib.clock import SHANGHAI
from xinglin.lib.environment import Environment
from xinglin.lib.postgres import Cluster, Owner, Programs
from xinglin.lib.postgres.places import Places
from xinglin.lib.terminal import Halt, say

RECOVER_WITHIN_S = 4 * 3600.0
POLL_S = 0.2
TOO_LATE = "recovery ended before configured recovery target was reached"
RECOVERY_SETTINGS = ("restore_command", "recovery_target_time", "recovery_target_timeline", "recovery_target_action")


@dataclass(frozen=True)
class Recovered:
    """What came back."""

    cluster: Cluster
    until: str  # when the last change was made that is in it


def restore(said: Environment, unlock: Unlock, *, to: dt.datetime | None, may_switch: bool, at: dt.datetime) -> None:
    """Bring our own cluster back to a moment, or with None to the last one in the archive."""
    if said.direct_url or said.database_url:
        raise Halt(
            "TO= 只用于自带的数据库；Debian 的 PostgreSQL 请按 OPERATIONS.md 的步骤做。",
            "TO= is for our own database; for Debian's PostgreSQL follow OPERATIONS.md.",
        )
    copy = _copy_before(said, to)
    programs = base.programs_of(copy)
    stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    with restoring.nobody_serving(said), postgres.shut(said.var, wish=said.postgres) as present:
        places, owner = present.places, present.owner
        _refuse_full(places, may_switch)
        with _recovered(said, copy, unlock, places, owner, programs, to=to, stamp=stamp) as found:
            _keep_number(said, copy, found.cluster)
            _switch(found.cluster, places, stamp)
    say(f"恢复到了 {found.until}", "Recovered; the last change in it is of that moment")
    if said.wal_archive:
        base.make(said, at=at)  # the log goes on from here under a new number, and needs a copy to go on from


@contextlib.contextmanager
def _recovered(
    said: Environment,
    copy: Copy,
    unlock: Unlock,
    places: Places,
    owner: Owner,
    programs: Programs,
    *,
    to: dt.datetime | None,
    stamp: str,
) -> Iterator[Recovered]:
    fresh = Places(places.home / f"restoring-{stamp}")
    fresh.home.mkdir(mode=0o700)
    cluster = Cluster(fresh, owner, programs)
    try:
        say(f"解开 {copy.path.name}", "Unpacking the copy of the cluster")
        proving.unpack(copy, unlock, fresh.data)
        pieces = _fetch_pieces(said, copy, unlock, fresh.home / "pieces")
        say(f"重放 {pieces} 段日志", f"Replaying {pieces} pieces of the log")
        _configure(fresh, to)
        _give(owner, fresh.home)
        until = _replay(cluster, to)
        landing.verify(Target(cluster.url()))
        for name in RECOVERY_SETTINGS:
            cluster.sql(f"alter system reset {name}")
        cluster.stop()
        yield Recovered(cluster, until)
    finally:
        cluster.stop()
        postgres.forget_socket_folder(fresh)
        shutil.rmtree(fresh.home, ignore_errors=True)


def _copy_before(said: Environment, to: dt.datetime | None) -> Copy:
    """The last copy that ended before the moment: the less log there is to replay, the sooner it is done."""
    fitting = [
        copy for copy in base.all_of(said) if to is None or dt.datetime.fromisoformat(copy.about["ended_at"]) <= to
    ]
    if not fitting:
        raise Halt(
            f"{said.backups} 里没有那一刻之前的集群副本，回不到那时。可以用最近的每夜备份：make restore。",
            f"{said.backups} holds no copy of the cluster from before that moment. Use a nightly backup.",
            exit_code=1,
        )
    return fitting[-1]


def _refuse_full(places: Places, may_switch: bool) -> None:
    if places.data.exists() and not may_switch:
        raise Halt(
            f"{places.data} 里已有数据，没有动它。确定要换掉就加 SWITCH=yes：原来的会改名保留。",
            f"{places.data} holds data already; it was not touched. Add SWITCH=yes: what is there is renamed and kept.",
        )


def _fetch_pieces(said: Environment, copy: Copy, unlock: Unlock, folder: Path) -> int:
    """The log from the copy on, opened but still packed: unpacked it would be a hundred times as much."""
    source = said.backups / archive.FOLDER / str(copy.about["system"])
    pieces = segment.all_in(source)
    names = sorted(set(pieces) - rules.segments_to_drop(pieces, oldest_needed=copy.about["first_segment"]))
    folder.mkdir(mode=0o700)
    for name in names:
        try:
            with (folder / f"{name}.gz").open("wb") as file:
                file.writelines(segment.opened(pieces[name], unlock))
        except OSError as trouble:
            raise unreadable(folder, trouble) from trouble
    if missing := rules.first_gap(names, after=copy.about["first_segment"]):
        say(
            f"存档缺少一段日志 {missing}，最多只能恢复到它之前",
            f"The archive lacks {missing}; nothing after it can come back",
        )
    return len(names)


def _configure(fresh: Places, to: dt.datetime | None) -> None:
    """Tell the server to replay, up to the moment, and then to go on by itself."""
    # A piece that is not there ends the replay; one that cannot be unpacked must stop it, which takes a code above 128.
    piece = f'"{fresh.home}/pieces/%f.gz"'
    command = f'test -e {piece} || exit 1; gzip -dc < {piece} > "%p" || exit 200'
    settings = {"restore_command": command, "recovery_target_timeline": "current", "recovery_target_action": "promote"}
    if to is not None:
        settings["recovery_target_time"] = to.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
    with (fresh.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        for name, value in settings.items():
            doubled = value.replace("'", "''")
            file.write(f"{name} = '{doubled}'\n")
    (fresh.data / "recovery.signal").touch()


def _replay(cluster: Cluster, to: dt.datetime | None) -> str:
    """Start, and wait until the server is done with the log; returns the time of the last change that came back."""
    try:
        cluster.start()
        give_up_at = time.monotonic() + RECOVER_WITHIN_S
        while cluster.sql("select pg_is_in_recovery()") == "t":
            assert time.monotonic() < give_up_at, "the log does not end"
            time.sleep(POLL_S)
    except (Halt, IndexError):
        if to is not None and TOO_LATE in cluster.places.log.read_text(encoding="utf-8", errors="replace"):
            raise Halt(
                f"存档没有到 {_local(to)} 那么晚。要恢复到存档的最后一刻，用 TO=latest。没有动任何数据。",
                f"The archive does not reach {_local(to)}. For its last moment use TO=latest. Nothing was touched.",
                exit_code=1,
            ) from None
        raise
    shown = cluster.sql("select extract(epoch from pg_last_xact_replay_timestamp())")
    return _local(dt.datetime.fromtimestamp(float(shown), dt.UTC)) if shown else "副本的时刻 the moment of the copy"


def _keep_number(said: Environment, copy: Copy, cluster: Cluster) -> None:
    """Put the note of the new timeline into the archive, so that a second restore does not take the same number."""
    folder = said.backups / archive.FOLDER / str(copy.about["system"])
    for note in (cluster.places.data / "pg_wal").glob("*.history"):
        target = folder / f"{note.name}{segment.SUFFIX}"
        if folder.exists() and not target.exists():
            segment.store(note, note.name, folder=folder, recipient=keys.recipient(said))
            cluster.owner.own(target)


def _switch(cluster: Cluster, places: Places, stamp: str) -> None:
    before = places.home / f"data.before-{stamp}"
    if places.data.exists():
        places.data.rename(before)
        say(
            f"原来的数据还在：{before}。确认一切正常后再删除",
            f"The data from before is still there: {before}. Remove it once all is well",
        )
    cluster.places.data.rename(places.data)


def _give(owner: Owner, folder: Path) -> None:
    owner.own(folder)
    for path in folder.rglob("*"):
        owner.own(path)


def _local(moment: dt.datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
