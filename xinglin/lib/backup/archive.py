"""Point in time: PostgreSQL hands every finished piece of its log to the archive, at the latest every four minutes.

The launcher always starts our own cluster with `archive_command` calling a script in the cluster's home, if there
is one. So the archive is switched on and off by that script, while the server runs, and however the server was started.

Standard library only: `make serve` arranges it as well.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

from xinglin.lib.environment import CHECKOUT, Environment
from xinglin.lib.postgres import Cluster, Owner
from xinglin.lib.postgres.places import home_of
from xinglin.lib.postgres.programs import find_programs
from xinglin.lib.terminal import Halt, say

FOLDER = "wal"
TIMEOUT_S = 240  # a minute is left for what it takes to write the piece: never more than five are lost
SHORTEST_CHECKPOINT_S = 30  # PostgreSQL allows no less
RECIPIENT = "backup-recipient"
PLAIN_SUFFIX = ".gz"
# Where root hands the database to a user who cannot run our Python, pieces are packed only, as private as the data
# itself, and sealed by the next backup.
PLAIN = """#!/bin/sh
set -e
target={folder}/"$2"
if test -e "$target".wal; then
    sum=$(sha256sum < "$1" | cut -d ' ' -f 1)
    head -c 4096 "$target".wal | grep -aq "$sum"
    exit
fi
if test -e "$target".gz; then
    gzip -dc < "$target".gz | cmp -s - "$1"
    exit
fi
umask 077
gzip -1 < "$1" > "$target".part
sync "$target".part
mv "$target".part "$target".gz
sync {folder}
"""


def arrange(said: Environment) -> None:
    """Bring the running cluster of our own in line with the setting XINGLIN_WAL_ARCHIVE."""
    places = home_of(said.var)
    if said.direct_url or said.database_url or not places.pid_file.exists():
        return
    cluster = Cluster(places, Owner.for_data(places.data), find_programs(said.postgres))
    script = places.archive_script
    if said.wal_archive:
        _switch_on(said, cluster, script)
    elif script.exists():
        script.unlink()
        _set_timeout(cluster, 0)
        say("已停止日志存档", "Archiving of the log is off")


def folder_of(said: Environment, cluster: Cluster) -> Path:
    """Where the pieces of this very cluster lie; another one, made anew, has another number."""
    return said.backups / FOLDER / str(system_number(cluster.places.data))


def system_number(data: Path) -> int:
    """The number that a cluster is born with: the first eight bytes of its control file."""
    return int.from_bytes((data / "global" / "pg_control").read_bytes()[:8], sys.byteorder)


def _switch_on(said: Environment, cluster: Cluster, script: Path) -> None:
    recipient = said.var / "secrets" / RECIPIENT
    if not recipient.exists():
        raise Halt(
            "XINGLIN_WAL_ARCHIVE 已打开，但还没有备份用的钥匙。请先运行 make backup-keys。",
            "XINGLIN_WAL_ARCHIVE is on, but there is no key for backups yet. Run `make backup-keys` first.",
        )
    folder = folder_of(said, cluster)
    _make_reachable(said, cluster.owner, folder)
    text = _script(folder, recipient.read_text(encoding="ascii").strip(), cluster.owner)
    is_new = not script.exists() or script.read_text(encoding="utf-8") != text
    if is_new:
        _write(script, text, cluster.owner)
    _set_timeout(cluster, TIMEOUT_S)
    if is_new:
        say(f"日志存档在 {folder}，最多丢失 5 分钟", "The log is archived; at most five minutes can be lost")


def _script(folder: Path, public: str, owner: Owner) -> str:
    if not _can_run(owner):
        return PLAIN.format(folder=shlex.quote(str(folder)))
    words = [sys.executable, "-m", "xinglin.lib.backup.segment", str(folder), public]
    command = " ".join(shlex.quote(word) for word in words)
    # PostgreSQL names the piece by a path below its data folder, where it calls us.
    return f'#!/bin/sh\npiece="$PWD/$1"\ncd {shlex.quote(str(CHECKOUT))} && exec {command} "$piece" "$2"\n'


def _make_reachable(said: Environment, owner: Owner, folder: Path) -> None:
    """The database's user writes there; of the other backups it may see nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner.own(folder)
    if not owner.is_us:
        for parent in (said.backups, folder.parent):
            parent.chmod(0o711)
    if not owner.can_write(folder):
        raise Halt(
            f"数据库的用户 {owner.name} 进不了 {folder}，不能存档日志。请用 XINGLIN_BACKUPS 指定别的目录。",
            f"The database's user {owner.name} cannot reach {folder}, so the log cannot be archived. "
            "Name another folder in XINGLIN_BACKUPS.",
        )


def _can_run(owner: Owner) -> bool:
    command = [sys.executable, "-c", "import xinglin.lib.backup.segment"]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(command, cwd=CHECKOUT, capture_output=True, timeout=60, **owner.popen()).returncode == 0
    return False


def _write(script: Path, text: str, owner: Owner) -> None:
    aside = script.with_name(f".{script.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o700)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    owner.own(aside)
    aside.replace(script)


def _set_timeout(cluster: Cluster, seconds: int) -> None:
    if cluster.sql("select setting from pg_settings where name = 'archive_timeout'") == str(seconds):
        return
    cluster.sql(f"alter system set archive_timeout = {seconds}")
    # The process that watches this time is born during recovery, when it does not look at it, and then sleeps for as
    # long as checkpoint_timeout says: after a start the first piece would come no earlier than that.
    if seconds:
        cluster.sql(f"alter system set checkpoint_timeout = {max(SHORTEST_CHECKPOINT_S, seconds)}")
    else:
        cluster.sql("alter system reset checkpoint_timeout")
    cluster.sql("select pg_reload_conf()")
