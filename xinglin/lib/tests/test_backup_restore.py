"""A small house burns down and comes back: everything, one city of two, and never over what is there."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xinglin.lib import environment, postgres
from xinglin.lib.backup import checking, copies, database, facts, keys, landing, making, nightly, restoring, whole
from xinglin.lib.backup.database import Target
from xinglin.lib.backup.restoring import Wish
from xinglin.lib.backup.stream import unlock_with
from xinglin.lib.backup.trouble import Damaged, WrongKey, failed
from xinglin.lib.environment import Environment
from xinglin.lib.locks import FileLock
from xinglin.lib.terminal import Halt

AT = dt.datetime(2026, 11, 24, 18, 30, tzinfo=dt.UTC)
CITY = """
CREATE SCHEMA {0};
CREATE TABLE {0}.people (id bigint PRIMARY KEY, name text, during tstzrange,
    EXCLUDE USING gist (id WITH =, during WITH &&));
CREATE TABLE {0}.transfers (id bigint PRIMARY KEY, minutes int);
CREATE FUNCTION {0}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
INSERT INTO {0}.people SELECT n, '林晓' || n FROM generate_series(1, 200) n;
INSERT INTO {0}.transfers SELECT n, n * 10 FROM generate_series(1, 50) n;
CREATE TRIGGER is_append_only BEFORE UPDATE OR DELETE ON {0}.transfers
    FOR EACH ROW EXECUTE FUNCTION {0}.refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON {0}.transfers FROM CURRENT_USER
"""


class House:
    """A database with two cities and some files, its keys, and the private key that is kept elsewhere."""

    def __init__(self, said: Environment, target: Target, held: keys.Keys) -> None:
        self.said = said
        self.target = target
        self.unlock = unlock_with(held.private)

    def back_up(self, schema: str = "", *, kind: str = "manual", at: dt.datetime = AT) -> making.Made:
        return making.make(self.said, self.target, kind=kind, schema=schema, at=at)

    def restore(self, path: Path, **wish: bool) -> None:
        restoring.restore(self.said, path, self.unlock, wish=Wish(**wish), at=AT)

    def facts(self, schema: str | None = None) -> facts.Facts:
        with self.target.connect() as connection:
            return facts.gather(connection, schema=schema)

    def sql(self, statement: str) -> list[Any]:
        with self.target.connect() as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def databases(self) -> set[str]:
        return {row[0] for row in self.sql("SELECT datname FROM pg_database WHERE datname LIKE 'xinglin%'")}

    def burn_down(self) -> None:
        maintenance = self.target.beside("postgres")
        database.drop(self.target, maintenance=maintenance)
        database.create(self.target, maintenance=maintenance)
        shutil.rmtree(self.said.var / "media")


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.throw_away() as running:
        yield running


@pytest.fixture
def house(cluster: postgres.Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(landing, "manage", lambda *_: None)  # there is no ledger here; the drill has one
    target = Target(cluster.url())
    for name in [row[0] for row in _databases(target)]:
        database.drop(target.beside(name), maintenance=target.beside("postgres"))
    database.create(target, maintenance=target.beside("postgres"))
    said = environment.read({"XINGLIN_VAR": str(tmp_path / "var"), "DATABASE_URL": cluster.url()})
    held = keys.collect(said, before=None)
    keys.keep_recipient(held, said.var / "secrets")
    house = House(said, target, held)
    house.sql("CREATE EXTENSION btree_gist")
    house.sql("CREATE TABLE cities_city (schema_name text, state text, sealing_key bytea, index_key bytea)")
    for city in ("ruian", "wenzhou"):
        house.sql(CITY.format(city))
        house.sql(f"INSERT INTO cities_city VALUES ('{city}', 'open', '{city}', '{city}')")
        (said.var / "media" / city).mkdir(parents=True)
        (said.var / "media" / city / "照片.jpg").write_bytes(city.encode() * 70_000)
    return house


def _databases(target: Target) -> list[Any]:
    with target.beside("postgres").connect() as connection:
        return connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'xinglin%'").fetchall()


def test_all_comes_back_to_the_row_and_the_file(house: House):
    before = house.facts()
    made = house.back_up()

    house.burn_down()
    house.restore(made.copy.path)

    assert house.facts() == before
    assert before["rows"]["ruian.people"] == 200
    assert (house.said.var / "media" / "wenzhou" / "照片.jpg").read_bytes() == b"wenzhou" * 70_000
    assert house.databases() == {"xinglin"}


def test_what_was_append_only_still_is(house: House):
    made = house.back_up()

    house.burn_down()
    house.restore(made.copy.path)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.sql("DELETE FROM ruian.transfers")
    house.sql("GRANT DELETE ON ruian.transfers TO CURRENT_USER")
    with pytest.raises(psycopg.errors.RaiseException):
        house.sql("DELETE FROM ruian.transfers")


def test_data_that_is_there_is_not_touched_unless_asked_and_then_kept(house: House):
    made = house.back_up()
    house.sql("INSERT INTO ruian.people VALUES (1000, '后来的人')")

    with pytest.raises(Halt, match="里已有数据，没有动它"):
        house.restore(made.copy.path)
    still_there = house.sql("SELECT count(*) FROM ruian.people")
    house.restore(made.copy.path, switch=True)

    (before,) = house.databases() - {"xinglin"}
    with house.target.beside(before).connect() as connection:
        kept = connection.execute("SELECT count(*) FROM ruian.people").fetchall()
    assert still_there == kept == [(201,)]
    assert house.sql("SELECT count(*) FROM ruian.people") == [(200,)]
    assert len(list(house.said.var.glob("media.before-*"))) == 1


def test_one_city_comes_back_and_its_neighbour_keeps_what_was_written_since(house: House):
    made = house.back_up("ruian")
    house.sql("DELETE FROM ruian.people")
    house.sql("INSERT INTO wenzhou.people VALUES (1000, '邻城')")

    house.restore(made.copy.path, switch=True)

    assert house.sql("SELECT count(*) FROM ruian.people") == [(200,)]
    assert house.sql("SELECT count(*) FROM wenzhou.people") == [(201,)]
    assert house.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ruian_before_%'") == [(1,)]
    assert house.databases() == {"xinglin"}


def test_a_city_that_was_lost_comes_back_beside_the_others(house: House):
    before = house.facts()
    made = house.back_up("ruian")
    house.sql("DROP SCHEMA ruian CASCADE")

    house.restore(made.copy.path)

    assert house.facts() == before


def test_a_city_that_was_made_anew_with_other_keys_is_not_overrun(house: House):
    made = house.back_up("ruian")
    house.sql("UPDATE cities_city SET sealing_key = 'anew' WHERE schema_name = 'ruian'")

    with pytest.raises(Halt, match="密钥不同"):
        house.restore(made.copy.path, switch=True)


def test_every_city_is_verified_and_one_by_its_name(house: House, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(landing, "manage", lambda _, *words: asked.append(words))

    house.restore(house.back_up().copy.path, switch=True)
    house.restore(house.back_up("ruian").copy.path, switch=True)

    assert asked == [("verify_ledger", "--all"), ("verify_ledger", "--city", "ruian")]


def test_a_citys_backup_holds_nothing_of_another(house: House):
    manifest = landing.manifest_of(house.back_up("ruian").copy.path, house.unlock)

    assert {name.split(".")[0] for name in manifest["rows"]} == {"ruian"}
    with pytest.raises(Halt, match="没有“nowhere”这个城市"):
        house.back_up("nowhere")


def test_a_city_that_fails_half_way_is_back_as_it_was(house: House, monkeypatch: pytest.MonkeyPatch):
    made = house.back_up("ruian")
    house.sql("INSERT INTO ruian.people VALUES (1000, '后来的人')")
    monkeypatch.setattr(landing, "land_database_only", lambda *_: (_ for _ in ()).throw(Damaged("x")))

    with pytest.raises(Damaged):
        house.restore(made.copy.path, switch=True)

    assert house.sql("SELECT count(*) FROM ruian.people") == [(201,)]
    assert house.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ruian_before_%'") == [(0,)]


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99])
def test_a_backup_cut_off_leaves_the_target_as_it_was(house: House, left: float):
    path = house.back_up().copy.path
    whole_size = path.stat().st_size
    os.truncate(path, int(whole_size * left))
    before, named = house.facts(), house.databases()

    with pytest.raises(Damaged):
        house.restore(path, switch=True)

    assert (house.facts(), house.databases()) == (before, named)
    assert list(house.said.var.glob("media.*")) == []


def test_a_private_key_of_another_time_is_told(house: House):
    path = house.back_up().copy.path
    other = unlock_with(keys.collect(house.said, before=None).private)

    with pytest.raises(WrongKey, match="KEYS=文件"):
        restoring.restore(house.said, path, other, wish=Wish(), at=AT)


def test_an_installation_with_other_sealing_keys_is_warned_first(house: House, tmp_path: Path):
    path = house.back_up().copy.path
    secret = house.said.var / "secrets" / "sealing-key"
    secret.unlink()
    other = environment.read({"XINGLIN_VAR": str(house.said.var), "DATABASE_URL": house.target.url})

    with pytest.raises(Halt, match="make restore-keys"):
        restoring.restore(other, path, house.unlock, wish=Wish(switch=True), at=AT)
    restoring.restore(other, path, house.unlock, wish=Wish(switch=True, without_keys=True), at=AT)

    assert house.sql("SELECT count(*) FROM ruian.people") == [(200,)]


@pytest.mark.parametrize(
    ("said_of_it", "told"),
    [
        ({"server": "99.1"}, "更旧"),
        ({"migrations": {"public": ["timebank.0999_of_the_future"]}}, "更新的程序"),
        ({"rows": {"ruian.people": 1}}, "不一样"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_touched(
    house: House, monkeypatch: pytest.MonkeyPatch, said_of_it: dict[str, Any], told: str
):
    made_of = making._manifest
    monkeypatch.setattr(making, "_manifest", lambda *a, **k: {**made_of(*a, **k), **said_of_it})
    path = house.back_up().copy.path
    before, named = house.facts(), house.databases()

    with pytest.raises(Halt, match=told):
        house.restore(path, switch=True)

    assert (house.facts(), house.databases()) == (before, named)


def test_while_the_site_runs_nothing_is_restored(house: House):
    path = house.back_up().copy.path
    serving = FileLock(house.said.var / "serve.lock")
    serving.take_alone()

    with pytest.raises(Halt, match="网站还在运行"):
        house.restore(path, switch=True)

    serving.release()


def test_a_program_that_is_still_connected_keeps_its_database(house: House):
    path = house.back_up().copy.path

    with house.target.connect(), pytest.raises(Halt, match="还有程序连着"):
        house.restore(path, switch=True)

    assert house.databases() == {"xinglin"}


def test_a_full_disk_leaves_no_half_backup(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whole.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))

    with pytest.raises(Halt, match="磁盘满了"):
        house.back_up()

    assert list(house.said.backups.iterdir()) == []


def test_a_backup_is_readable_for_us_only_and_its_note_names_nobody(house: House):
    copy = house.back_up().copy

    note = copy.path.with_name(copy.path.name + ".json").read_text()

    assert {path.stat().st_mode & 0o777 for path in house.said.backups.iterdir()} == {0o600}
    assert json.loads(note)["about"]["rows"]["ruian.people"] == 200
    assert "林晓" not in note
    assert "heads" not in note
    assert "林晓".encode() not in copy.path.read_bytes()


def test_a_night_backs_up_verifies_prunes_and_says_so(house: House):
    for number in range(10):
        old = house.back_up(kind=nightly.NIGHTLY, at=AT - dt.timedelta(days=number + 1, hours=1)).copy
        copies.note(copies.Copy(**{**vars(old), "verified_at": "then"}))

    nightly.run(house.said, at=AT)

    status = nightly.status(house.said)
    found = list(copies.all_in(house.said.backups))
    assert status["last_failure"] is None
    assert status["last_success"]["verified"] is True
    assert status["last_success"]["bytes"] == found[-1].path.stat().st_size
    assert 7 <= len(found) <= 9
    assert found[-1].is_verified
    assert list((house.said.var / "scratch").iterdir()) == []


def test_a_night_that_fails_says_why_and_keeps_what_there_was(house: House, monkeypatch: pytest.MonkeyPatch):
    nightly.run(house.said, at=AT - dt.timedelta(days=1))
    monkeypatch.setattr(landing, "manage", lambda *_: (_ for _ in ()).throw(Halt("账不平", "differs")))

    with pytest.raises(Halt, match="账不平"):
        nightly.run(house.said, at=AT)

    status = nightly.status(house.said)
    assert "账不平" in status["last_failure"]["problem"]
    assert status["last_success"]["at"] == (AT - dt.timedelta(days=1)).isoformat()


def test_a_backup_changed_on_the_disk_is_not_verified(house: House):
    made = house.back_up()
    with made.copy.path.open("r+b") as file:
        file.seek(-20, os.SEEK_END)
        file.write(b"x")

    with pytest.raises(Damaged):
        checking.check(house.said, made.copy, made.unlock, rehearse=False, at=AT)


def test_two_backups_at_once_are_one_too_many(house: House):
    with nightly.alone(house.said), pytest.raises(Halt, match="另一个备份"), nightly.alone(house.said):
        pass


def test_no_password_stands_on_a_command_line():
    target = Target("postgresql://xinglin:geheim@db.example:5433/x?sslmode=require")

    assert "geheim" not in " ".join(target.words())
    assert "sslmode=require" in target.words()[-1]
    assert target.environment()["PGPASSWORD"] == "geheim"
    assert "geheim" not in repr(target)
    assert not [name for name in target.environment() if name.startswith("XINGLIN")]


def test_what_postgresql_quotes_of_a_row_is_not_repeated():
    told = failed("pg_restore", 'pg_restore: error: COPY failed: ERROR:  bad: "13800000000"\nDETAIL: Key (a)=(1380)')

    assert "1380" not in str(told)


def test_programs_of_the_servers_own_version_come_first():
    majors = {programs.major for programs in postgres.all_programs()}

    assert all(database.fitting(major).major == major for major in majors)
    with pytest.raises(Halt, match="postgresql-client-99"):
        database.fitting(99)


def test_a_scratch_cluster_of_a_killed_run_is_swept_away(house: House):
    folder = house.said.var / "scratch"
    folder.mkdir(mode=0o711)
    left = Path(tempfile.mkdtemp(prefix="xinglin-test-", dir=folder))
    (left / "home").mkdir()

    checking.sweep(house.said)

    assert list(folder.iterdir()) == []
