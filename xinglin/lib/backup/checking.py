"""A backup counts once it was restored: into a scratch cluster of its own, counted, recomputed, and thrown away."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from xinglin.lib import postgres
from xinglin.lib.backup import copies, database, landing
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.parts import Manifest
from xinglin.lib.backup.stream import Unlock
from xinglin.lib.environment import Environment
from xinglin.lib.postgres import Cluster, Owner, Programs
from xinglin.lib.postgres.places import ELSEWHERE_ROOT, Places, make_var
from xinglin.lib.terminal import say

SCRATCH = "scratch"
RESTORED = "restored"


def check(said: Environment, copy: Copy, unlock: Unlock, *, rehearse: bool, at: dt.datetime) -> Copy:
    """Restore and verify; the note beside it then says so. `rehearse`: run the migrations of this code there."""
    began_at = time.monotonic()
    say(f"恢复到临时数据库，核对 {copy.path.name}", "Restoring it into a scratch database and verifying it there")
    copies.check_sum(copy)
    manifest = landing.manifest_of(copy.path, unlock)
    with restored(said, copy.path, unlock, manifest) as target:
        if rehearse:
            say("在这份副本上先演练数据表更新", "Rehearsing the migrations on this copy")
            landing.rehearse(target)
        landing.verify(target, city=manifest["schema"])
    checked = replace(copy, verified_at=at.isoformat(timespec="seconds"))
    copies.note(checked)
    seconds = time.monotonic() - began_at
    rows = sum(manifest["rows"].values())
    say(
        f"核对无误：{rows} 行，账是平的，{seconds:.1f} 秒",
        f"Verified: {rows} rows as they were, ledger sound, {seconds:.1f} s",
    )
    return checked


@contextlib.contextmanager
def restored(said: Environment, path: Path, unlock: Unlock, manifest: Manifest) -> Iterator[Target]:
    """The backup in a cluster of its own, for as long as the block lasts."""
    programs = database.fitting(max(major(manifest["server"]), major(manifest["dumped_with"])))
    with scratch(said, programs) as cluster:
        role = str(manifest["role"])
        _make_role(cluster, role)
        maintenance = Target(cluster.url(role=role, database="postgres"))
        target = maintenance.beside(RESTORED)
        database.create(target, maintenance=maintenance)
        landing.land(path, unlock, target, cluster.programs, folder=cluster.places.home.parent / "files")
        yield target


@contextlib.contextmanager
def scratch(said: Environment, programs: Programs) -> Iterator[Cluster]:
    """A cluster on the disk of our own data, where there is room for it; no port, no trace."""
    folder = scratch_folder(said)
    with postgres.throw_away(programs=programs, inside=folder) as cluster:
        yield cluster


def sweep(said: Environment) -> None:
    """End what a killed run left running, and take it away. Only for whoever holds the lock of the backups."""
    for root in (said.var / SCRATCH).glob("xinglin-test-*"):
        home = root / "home"
        Cluster(Places(home), Owner.for_data(home / "data"), postgres.find_programs(), keeps=False).stop()
        shutil.rmtree(root, ignore_errors=True)


def major(version: str) -> int:
    return int(version.split(".")[0])


def scratch_folder(said: Environment) -> Path:
    """Where a scratch cluster goes: below var, or, where the database's user gets in nowhere there, beside clusters of
    closed folders, or in the usual place."""
    near = said.var / SCRATCH
    make_var(said.var)
    near.mkdir(mode=0o711, exist_ok=True)
    for folder in (near, ELSEWHERE_ROOT):
        if folder.is_dir() and _is_reached(folder):
            return folder
    return Path(tempfile.gettempdir())


def _is_reached(folder: Path) -> bool:
    owner = Owner.for_data(folder / "none")
    try:
        with tempfile.TemporaryDirectory(prefix=".trial-", dir=folder) as trial:
            owner.own(Path(trial))
            return owner.can_write(Path(trial))
    except OSError:
        return False


def _make_role(cluster: Cluster, role: str) -> None:
    """The owner of the data, as it was called where the backup comes from."""
    quoted = role.replace('"', '""')
    literal = role.replace("'", "''")
    if not cluster.sql(f"select 1 from pg_roles where rolname = '{literal}'"):
        cluster.sql(f'create role "{quoted}" login createdb')
