"""The uploaded files: packed as a tar stream, and unpacked beside those that are there."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from xinglin.lib.backup.trouble import Damaged, unreadable

MEDIA = "media"  # below var; one folder in it for each city's schema
READ_BYTES = 128 * 1024


def packed(folder: Path) -> Iterator[bytes]:
    """The folder as a tar stream. A file that changes meanwhile comes with the size it had when its turn came."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        try:
            yield from _packed(path, path.relative_to(folder).as_posix())
        except FileNotFoundError:  # taken away between the listing and its turn
            continue
        except OSError as trouble:
            raise unreadable(path, trouble) from trouble
    yield bytes(tarfile.BLOCKSIZE * 2)


def unpack(chunks: Iterable[bytes], folder: Path, *, name: str) -> int:
    """Unpack into a folder that is made for it; returns how many files. Nothing lands outside, no link is made."""
    count = 0
    try:
        folder.mkdir(mode=0o700, parents=True)
        with tarfile.open(fileobj=joined(chunks), mode="r|") as tar:
            for member in tar:
                _refuse_outside(member, name=name)
                # No `filter=`: the Python 3.11.2 of Debian 12 does not know it yet.
                tar.extract(member, folder, set_attrs=False)
                count += member.isfile()
    except tarfile.TarError:
        raise Damaged(name) from None
    except OSError as trouble:
        raise unreadable(folder, trouble) from trouble
    return count


def _refuse_outside(member: tarfile.TarInfo, *, name: str) -> None:
    """Only plain files and folders below the folder; whatever else says that the backup is not one of ours."""
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts or not (member.isreg() or member.isdir()):
        raise Damaged(name)


def _packed(path: Path, name: str) -> Iterator[bytes]:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return
    info = tarfile.TarInfo(name)
    if path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, 0o700
        yield info.tobuf(tarfile.PAX_FORMAT)
        return
    with path.open("rb") as file:
        found = path.stat()
        info.size, info.mtime, info.mode = found.st_size, int(found.st_mtime), 0o600
        yield info.tobuf(tarfile.PAX_FORMAT)
        left = info.size
        while left:
            block = file.read(min(READ_BYTES, left)) or bytes(min(READ_BYTES, left))  # it shrank: filled up
            left -= len(block)
            yield block
    yield bytes(-info.size % tarfile.BLOCKSIZE)


def joined(chunks: Iterable[bytes]) -> io.RawIOBase:
    """Chunks as a file to read from, once and forward."""
    return _Joined(chunks)


class _Joined(io.RawIOBase):
    """Chunks as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, count: int = -1) -> bytes:
        parts = [self._rest]
        have = len(self._rest)
        while count < 0 or have < count:
            block = next(self._chunks, None)
            if block is None:
                break
            parts.append(block)
            have += len(block)
        whole = b"".join(parts)
        self._rest = whole[count:] if count >= 0 else b""
        return whole[:count] if count >= 0 else whole
