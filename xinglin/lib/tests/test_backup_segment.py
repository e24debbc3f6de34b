"""Pieces of the log: sealed once, the same one again is a yes, another one under its name a no."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from xinglin.lib.backup import archive, segment
from xinglin.lib.backup.stream import recipient_of, unlock_with
from xinglin.lib.backup.trouble import Damaged
from xinglin.lib.postgres import Owner
from xinglin.lib.terminal import Halt

OURS = bytes(range(32))
NAME = "000000010000000000000007"
CONTENT = b"minutes" * 50_000


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    (tmp_path / "wal").mkdir()
    return path


def back(path: Path) -> bytes:
    return gzip.decompress(b"".join(segment.opened(path, unlock_with([OURS]))))


def test_what_postgresql_hands_over_comes_back(piece: Path, tmp_path: Path):
    public = b64encode(recipient_of(OURS).public).decode()

    code = segment.main([str(tmp_path / "wal"), public, str(piece), NAME])

    (sealed,) = (tmp_path / "wal").iterdir()
    assert code == 0
    assert back(sealed) == CONTENT
    assert b"minutes" not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600


def test_the_same_piece_again_is_a_yes_and_another_a_no(piece: Path, tmp_path: Path):
    def store() -> None:
        segment.store(piece, NAME, folder=tmp_path / "wal", recipient=recipient_of(OURS))

    store()
    store()
    piece.write_bytes(b"of another server")

    with pytest.raises(Halt, match="存档里已有不同的"):
        store()


def test_a_piece_under_another_name_is_noticed(piece: Path, tmp_path: Path):
    segment.store(piece, NAME, folder=tmp_path / "wal", recipient=recipient_of(OURS))
    sealed = tmp_path / "wal" / f"{NAME}.wal"
    moved = sealed.rename(sealed.with_name(f"{NAME[:-1]}8.wal"))

    with pytest.raises(Damaged):
        back(moved)


def test_what_the_databases_user_could_only_pack_is_sealed_later(piece: Path, tmp_path: Path):
    folder = tmp_path / "wal"
    script = tmp_path / "archive"
    script.write_text(archive.PLAIN.format(folder=folder))

    def hand_over() -> int:
        return subprocess.run(["sh", str(script), str(piece), NAME]).returncode

    packed = [hand_over(), hand_over()]
    segment.seal_plain(folder, recipient_of(OURS), Owner.of(os.geteuid()))
    sealed = hand_over()
    piece.write_bytes(b"of another server")
    different = hand_over()

    assert [path.name for path in folder.iterdir()] == [f"{NAME}.wal"]
    assert back(folder / f"{NAME}.wal") == CONTENT
    assert packed == [0, 0]
    assert sealed == 0
    assert different != 0


def test_it_starts_quickly_and_without_django(tmp_path: Path):
    script = "import sys, xinglin.lib.backup.segment; print('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout.strip() == "False"
