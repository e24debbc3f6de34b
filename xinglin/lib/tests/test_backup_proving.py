"""A copy of the cluster is compared with the server's own list, as it lies on the disk and without unpacking it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tarfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from xinglin.lib.backup import proving, rules
from xinglin.lib.backup.copies import Copy
from xinglin.lib.backup.parts import PartsWriter
from xinglin.lib.backup.segment import GZIP
from xinglin.lib.backup.stream import Recipient, SealedWriter
from xinglin.lib.backup.trouble import Damaged
from xinglin.lib.terminal import Halt

NOW = dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC)
FILES = {"PG_VERSION": b"15\n", "base/5/1259": b"\0" * 8192, "global/pg_control": b"control" * 100}
PIECE = "000000010000000000000002"


def listed(found: dict[str, bytes], **more: Any) -> bytes:
    rows = [
        {"Path": path, "Size": len(content), "Checksum": hashlib.sha256(content).hexdigest()}
        for path, content in found.items()
    ]
    ranges = [{"Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100"}]
    return json.dumps({"Files": rows, "WAL-Ranges": ranges, **more}).encode()


def copied(tmp_path: Path, found: dict[str, bytes]) -> tuple[Copy, Any]:
    """These files as a sealed copy of a cluster, and what opens it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, content in found.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    public = X25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    path = tmp_path / "xinglin-20261122-023000-base.backup"
    with path.open("wb") as file:
        writer = SealedWriter(file, recipients=[Recipient(public)], about={"kind": "base"})
        parts = PartsWriter(writer, {"kind": "base"})
        parts.part("cluster", [packer.compress(packed.getvalue()) + packer.flush()])
        parts.close()
    return Copy(path, "base", "", NOW, path.stat().st_size, "", 1.0, "", {}), writer.unlock


WHOLE = {**FILES, f"pg_wal/{PIECE}": b"log", "backup_manifest": listed(FILES)}


def test_a_copy_with_every_file_and_its_log_is_sound(tmp_path: Path):
    assert proving.compare(*copied(tmp_path, WHOLE)) == len(FILES) + 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"base/5/1259": b"\1" * 8192}, "base/5/1259"),
        ({"base/5/1259": b"\0" * 4096}, "base/5/1259"),
        ({"base/5/9999": b"a stranger"}, "base/5/9999"),
        ({"backup_manifest": listed({**FILES, "base/5/2619": b"gone"})}, "base/5/2619"),
    ],
)
def test_what_differs_from_the_list_is_named(tmp_path: Path, changes: dict[str, bytes], named: str):
    with pytest.raises(Halt, match=named):
        proving.compare(*copied(tmp_path, WHOLE | changes))


@pytest.mark.parametrize("missing", [f"pg_wal/{PIECE}", "backup_manifest", "global/pg_control"])
def test_without_the_log_or_the_list_it_is_no_copy(tmp_path: Path, missing: str):
    left = {path: content for path, content in WHOLE.items() if path != missing}

    with pytest.raises(Halt, match=missing.removeprefix("pg_wal/")):
        proving.compare(*copied(tmp_path, left))


def test_a_changed_byte_on_the_disk_is_noticed(tmp_path: Path):
    copy, unlock = copied(tmp_path, WHOLE)
    content = bytearray(copy.path.read_bytes())
    content[-20] ^= 1
    copy.path.write_bytes(bytes(content))

    with pytest.raises(Damaged):
        proving.compare(copy, unlock)


def test_a_name_that_is_no_text_is_compared_too(tmp_path: Path):
    name = b"base/\xe6\x9d\x8f"
    row = {"Encoded-Path": name.hex(), "Size": 1, "Checksum": hashlib.sha256(b"x").hexdigest()}
    manifest = json.dumps({"Files": [row], "WAL-Ranges": []}).encode()

    assert proving.compare(*copied(tmp_path, {name.decode(): b"x", "backup_manifest": manifest})) == 1


def test_a_copy_is_started_once_a_week():
    def proved(days: float) -> Copy:
        verified_at = (NOW - dt.timedelta(days=days)).isoformat()
        return Copy(Path("x"), "base", "", NOW, 1, "", 1.0, verified_at, {})

    never = Copy(Path("x"), "base", "", NOW, 1, "", 1.0, "", {})

    assert proving.is_due([], at=NOW)
    assert proving.is_due([never, proved(9), proved(6.99)], at=NOW)
    assert not proving.is_due([proved(9), proved(5.99), never], at=NOW)


@pytest.mark.parametrize(
    ("timeline", "start", "end", "names"),
    [
        (1, "0/2000028", "0/2000100", [PIECE]),
        (1, "0/2000028", "0/3000000", [PIECE]),
        (1, "0/2000028", "0/3000001", [PIECE, "000000010000000000000003"]),
        (
            3,
            "1/FEFFFFFF",
            "2/1000000",
            ["0000000300000001000000FE", "0000000300000001000000FF", "000000030000000200000000"],
        ),
    ],
)
def test_pieces_of_the_log_are_named_as_the_server_does(timeline: int, start: str, end: str, names: list[str]):
    assert rules.pieces_between(timeline, start, end) == names
