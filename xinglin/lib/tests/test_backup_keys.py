"""The keys file: opened by its passphrase only, and never put over other keys."""

from __future__ import annotations

import datetime as dt
import io
import json
import stat
from pathlib import Path

import pytest

from xinglin.lib import environment
from xinglin.lib.backup import keys
from xinglin.lib.backup.trouble import Damaged, WrongPassphrase
from xinglin.lib.environment import Environment
from xinglin.lib.terminal import Halt

PASSPHRASE = "杏林 春暖 五个 不相干 的词"
AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(keys.SCRYPT, "n", 2**10)


@pytest.fixture
def said(tmp_path: Path) -> Environment:
    return environment.read({"XINGLIN_VAR": str(tmp_path / "var")})


@pytest.fixture
def file(said: Environment, tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "keys.json"
    keys.write(keys.collect(said, before=None), path, passphrase=PASSPHRASE, at=AT)
    return path


def test_what_the_machine_knows_comes_back_on_another(said: Environment, file: Path, tmp_path: Path):
    held = keys.read(file, passphrase=PASSPHRASE)
    keys.put_back(held, tmp_path / "new" / "secrets")

    there = environment.read({"XINGLIN_VAR": str(tmp_path / "new")})

    assert (there.sealing_key, there.secret_key) == (said.sealing_key, said.secret_key)


def test_keys_that_the_environment_hands_in_are_held_as_well(tmp_path: Path):
    given = {"XINGLIN_VAR": str(tmp_path / "var"), "XINGLIN_SECRET_KEY": "h0Zk3vW8qLr5tYx2bNc7mPd4sFg6jKa9eRu1"}

    held = keys.collect(environment.read(given), before=None)

    assert held.secrets["secret-key"] == given["XINGLIN_SECRET_KEY"]


def test_the_private_key_stays_nowhere_on_this_machine(said: Environment, file: Path):
    held = keys.read(file, passphrase=PASSPHRASE)
    keys.keep_recipient(held, said.var / "secrets")

    assert keys.recipient(said).fingerprint == json.loads(file.read_text())["opens"][0]
    everything = b"".join(path.read_bytes() for path in said.var.rglob("*") if path.is_file())
    assert held.private[0] not in everything
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_wrong_passphrase_is_told(file: Path):
    with pytest.raises(WrongPassphrase, match="口令打不开"):
        keys.read(file, passphrase=PASSPHRASE + "?")


@pytest.mark.parametrize("name", ["made_at", "opens", "nonce", "scrypt"])
def test_a_changed_keys_file_is_refused(file: Path, name: str):
    head = json.loads(file.read_text())
    head[name] = {**head["scrypt"], "n": 2**30} if name == "scrypt" else "x"
    file.write_text(json.dumps(head))

    with pytest.raises((WrongPassphrase, Damaged)):
        keys.read(file, passphrase=PASSPHRASE)


def test_a_file_that_is_none_is_told(tmp_path: Path):
    (tmp_path / "keys.json").write_text("[1, 2]")

    with pytest.raises(Damaged):
        keys.read(tmp_path / "keys.json", passphrase=PASSPHRASE)
    with pytest.raises(Halt, match="No such file"):
        keys.read(tmp_path / "none.json", passphrase=PASSPHRASE)


def test_other_keys_are_never_overwritten(file: Path, tmp_path: Path):
    other = environment.read({"XINGLIN_VAR": str(tmp_path / "other")})
    before = (tmp_path / "other" / "secrets" / "sealing-key").read_text()

    with pytest.raises(Halt, match="没有覆盖"):
        keys.put_back(keys.read(file, passphrase=PASSPHRASE), other.var / "secrets")

    assert (tmp_path / "other" / "secrets" / "sealing-key").read_text() == before


def test_a_later_file_opens_the_backups_of_before(said: Environment, file: Path):
    before = keys.read(file, passphrase=PASSPHRASE)

    assert keys.collect(said, before=before).private == before.private
    assert keys.collect(said, before=None).private != before.private


def test_a_short_passphrase_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "pass").write_text("short\n")
    monkeypatch.setenv("XINGLIN_PASSPHRASE_FILE", str(tmp_path / "pass"))

    with pytest.raises(Halt, match="口令太短"):
        keys.ask_passphrase(is_new=True)


def test_without_a_terminal_the_passphrase_has_to_be_in_a_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("XINGLIN_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("a passphrase piped in"))

    with pytest.raises(Halt, match="XINGLIN_PASSPHRASE_FILE"):
        keys.ask_passphrase(is_new=False)


def test_without_keys_no_backup_is_written(said: Environment):
    with pytest.raises(Halt, match="make backup-keys"):
        keys.recipient(said)
