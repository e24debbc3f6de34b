"""What PostgreSQL calls with each finished piece of its log: pack it, seal it, lay it down, and only then say yes.

It runs as the database's user and knows the public key only. A piece that lies there already and is the same is a yes;
one that is different is a no, because two servers must not write one archive.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from xinglin.lib.backup.archive import PLAIN_SUFFIX
from xinglin.lib.backup.stream import Recipient, SealedReader, SealedWriter, Unlock, read_header
from xinglin.lib.backup.trouble import Damaged
from xinglin.lib.backup.whole import whole_file
from xinglin.lib.postgres import Owner
from xinglin.lib.terminal import Halt, say_halt

SUFFIX = ".wal"
QUICKLY = 1
GZIP = 16 + zlib.MAX_WBITS
READ_BYTES = 256 * 1024


def store(piece: Path, name: str, *, folder: Path, recipient: Recipient) -> None:
    """Put one piece into the archive."""
    content = piece.read_bytes()
    target, total = folder / f"{name}{SUFFIX}", hashlib.sha256(content).hexdigest()
    if target.exists():
        _refuse_different(target, total)
        return
    packer = zlib.compressobj(QUICKLY, zlib.DEFLATED, GZIP)
    packed = packer.compress(content) + packer.flush()
    _seal(packed, name, folder=folder, recipient=recipient, total=total)


def opened(path: Path, unlock: Unlock) -> Iterator[bytes]:
    """A piece out of the archive, still packed as gzip."""
    if path.suffix == PLAIN_SUFFIX:
        yield path.read_bytes()
        return
    with path.open("rb") as source:
        reader = SealedReader(source, unlock=unlock, name=path.name)
        if reader.header["about"].get("name") != path.name.removesuffix(SUFFIX):
            raise Damaged(path.name)
        while block := reader.read(READ_BYTES):
            yield block


def seal_plain(folder: Path, recipient: Recipient, owner: Owner) -> None:
    """Seal the pieces that the database's user could only pack."""
    for packed in sorted(folder.glob(f"*{PLAIN_SUFFIX}")):
        name = packed.name.removesuffix(PLAIN_SUFFIX)
        _seal(packed.read_bytes(), name, folder=folder, recipient=recipient, total=_sum_of(packed))
        owner.own(folder / f"{name}{SUFFIX}")
        packed.unlink()


def _sum_of(packed: Path) -> str:
    with gzip.open(packed) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(packed: bytes, name: str, *, folder: Path, recipient: Recipient, total: str) -> None:
    with whole_file(folder / f"{name}{SUFFIX}") as file:
        out = SealedWriter(file, recipients=[recipient], about={"kind": "wal", "name": name, "sha256": total})
        out.write(packed)
        out.close()


def all_in(folder: Path) -> dict[str, Path]:
    """The pieces of an archive by name, sealed or waiting to be."""
    return {path.stem: path for path in sorted(folder.glob("*")) if path.suffix in (PLAIN_SUFFIX, SUFFIX)}


def _refuse_different(target: Path, total: str) -> None:
    header, _ = read_header(io.BytesIO(target.read_bytes()), name=target.name)
    if header["about"].get("sha256") != total:
        raise Halt(f"存档里已有不同的 {target.name}。", f"The archive holds another {target.name}.", exit_code=1)


def main(words: list[str]) -> int:
    folder, public, piece, name = words
    try:
        store(Path(piece), name, folder=Path(folder), recipient=Recipient(b64decode(public)))
    except Halt as halt:
        return say_halt(halt)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
