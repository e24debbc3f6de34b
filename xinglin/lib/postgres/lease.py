"""Several processes use one cluster (the demo, `manage.py shell`, an import): the first starts it, the last one out
stops it. A process that dies without leaving is forgotten by the kernel's locks, not waited for."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from xinglin.lib.locks import FileLock
from xinglin.lib.postgres import places as _places
from xinglin.lib.postgres.cluster import Cluster
from xinglin.lib.postgres.owner import Owner
from xinglin.lib.postgres.places import Places
from xinglin.lib.postgres.programs import Programs, find_programs
from xinglin.lib.terminal import Halt

IN_USE_WITHIN_S = 5.0
DOOR_WITHIN_S = 400.0  # somebody else may be in the middle of a start after a crash


class Lease:
    """One process's share in the cluster under `var`."""

    def __init__(self, var: Path, *, wish: str = "") -> None:
        _places.make_var(var)
        self._var = var
        self._door = FileLock(var / "postgres-door.lock")
        self.users = FileLock(var / "postgres-users.lock")
        with self.through_the_door():
            places, owner = _places.settle(var)
            self.cluster = Cluster(places, owner, find_programs(wish))

    def enter(self) -> None:
        """Count ourselves among the users and see that the cluster runs."""
        with self.through_the_door():
            self.users.take_shared(within_s=DOOR_WITHIN_S)
            try:
                self.cluster.start()
            except BaseException:  # Ctrl-C in the middle of a start, too, leaves no server behind
                if self.users.take_alone():
                    self.cluster.stop()
                self.users.release()
                raise

    def keep(self) -> None:
        """See that it still runs, and start it again if somebody killed it."""
        if not self.cluster.is_running():
            with self.through_the_door():
                self.cluster.start()

    def leave(self) -> None:
        """Go; the last one out stops the cluster."""
        with self.through_the_door():
            if self.users.take_alone():
                self.cluster.stop()
            self.users.release()

    @contextlib.contextmanager
    def through_the_door(self) -> Iterator[None]:
        """One process at a time starts or stops the cluster."""
        try:
            is_ours = self._door.take_alone(within_s=DOOR_WITHIN_S)
        except OSError as trouble:
            raise _places.cannot_write(self._var, trouble) from trouble
        if not is_ours:
            raise Halt(
                "另一个进程一直在启动或停止数据库，请稍后再试。",
                "Another process is still starting or stopping the database; try again later.",
            )
        try:
            yield
        finally:
            self._door.release()


@contextlib.contextmanager
def lease(var: Path, *, wish: str = "") -> Iterator[Cluster]:
    """The running cluster under `var`, for as long as the block lasts."""
    share = Lease(var, wish=wish)
    share.enter()
    try:
        yield share.cluster
    finally:
        share.leave()


@contextlib.contextmanager
def shut(var: Path, *, wish: str = "") -> Iterator[Cluster]:
    """The cluster under `var` while nobody uses it nor can start it: for exchanging its data."""
    share = Lease(var, wish=wish)
    with share.through_the_door():
        if not share.users.take_alone(within_s=IN_USE_WITHIN_S):
            raise Halt(
                "数据库正在使用。请先停下网站和其他命令。没有动任何数据。",
                "The database is in use. Stop the site and other commands first. Nothing was touched.",
            )
        try:
            share.cluster.stop()  # a server that somebody left behind when they were killed
            yield share.cluster
        finally:
            share.users.release()


@contextlib.contextmanager
def throw_away(
    *,
    wish: str = "",
    programs: Programs | None = None,
    inside: Path | None = None,
    fill: Callable[[Path], None] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """A quick cluster in a temporary folder, gone with the block: for tests, and for trying out a backup.

    `fill` puts a data folder there that was made elsewhere.
    """
    root = Path(tempfile.mkdtemp(prefix="xinglin-test-", dir=inside))
    root.chmod(_places.PASSABLE if os.geteuid() == 0 else _places.PRIVATE)
    owner = Owner.for_data(root / "home" / "data")
    home = root / "home"
    home.mkdir(mode=_places.PRIVATE)
    owner.own(home)
    cluster = Cluster(Places(home), owner, programs or find_programs(wish), keeps=False, settings=settings or {})
    try:
        if fill is not None:
            fill(cluster.places.data)
            for path in (cluster.places.data, *cluster.places.data.rglob("*")):
                owner.own(path)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        _places.forget_socket_folder(cluster.places)
        shutil.rmtree(root, ignore_errors=True)
