"""Where a cluster's data, socket and log lie: under `var/postgres`, or, when its owner cannot get there, beside it.

Root starts the database as another user. Below a closed folder (such as root's home) that user reaches nothing, so
the cluster then lives in a private folder under /var/lib, and `var/postgres-elsewhere` says which.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xinglin.lib.postgres.owner import Owner
from xinglin.lib.terminal import Halt, say

PRIVATE = 0o700
PASSABLE = 0o711  # others may pass through to what is theirs, but not look around
SOCKET_FILE = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes, a limit of the kernel
ELSEWHERE_ROOT = Path("/var/lib/xinglin")
POINTER = "postgres-elsewhere"
BELONGS_TO = "belongs-to"
LEAST_FREE_BYTES = 200 * 1024 * 1024  # a new cluster takes about 40 MB, and its log 64 MB more


@dataclass(frozen=True)
class Places:
    """The folder of one cluster and what lies in it."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def archive_script(self) -> Path:
        """What is called with each finished piece of the log, if it is there (xinglin/lib/backup/archive.py)."""
        return self.home / "archive"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"


def settle(var: Path) -> tuple[Places, Owner]:
    """Find the cluster's home and owner, or make a home for a new one. Halts with a sentence when the disk says no.

    One process at a time: the caller holds the door.
    """
    try:
        return _settle(var)
    except OSError as trouble:
        raise cannot_write(var, trouble) from trouble


def home_of(var: Path) -> Places:
    """Where the cluster lies, without making anything."""
    pointer = var / POINTER
    return Places(Path(pointer.read_text(encoding="utf-8")) if pointer.exists() else var / "postgres")


def cannot_write(folder: Path, trouble: OSError) -> Halt:
    """The sentence for a disk that is full, read-only or not ours."""
    reason = os.strerror(trouble.errno) if trouble.errno else str(trouble)
    return Halt(
        f"不能写入 {folder}（{reason}）。请检查磁盘空间和权限，或用 XINGLIN_VAR 指定别的目录。",
        f"Cannot write to {folder} ({reason}). Check space and permissions, or name another folder in XINGLIN_VAR.",
    )


def make_var(var: Path) -> None:
    """`var/` itself: nobody else looks in. As root others must pass through, the database's owner among them; and where
    the operator lets nginx pass to `static/` (deploy/systemd/tmpfiles.conf), that stays."""
    try:
        var.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        found, is_root = var.stat(), os.geteuid() == 0
        if found.st_uid == os.geteuid() and (is_root or stat.S_IMODE(found.st_mode) != PASSABLE):
            var.chmod(PASSABLE if is_root else PRIVATE)
    except OSError as trouble:
        raise cannot_write(var, trouble) from trouble


def socket_folder(places: Places, owner: Owner) -> Path:
    """The private folder of the socket: in the home if the path fits, else a short one that is remembered there."""
    inside = places.home / "socket"
    if _fits(inside):
        _make_private(inside, owner)
        return inside
    remembered = places.home / "socket-elsewhere"
    if remembered.exists():
        before = Path(remembered.read_text(encoding="utf-8"))
        if _is_private(before, owner):
            return before
    short = Path(tempfile.mkdtemp(prefix="xinglin-", dir="/tmp"))
    owner.own(short)
    _note(remembered, str(short))
    say(f"路径太长，数据库的套接字放在 {short}", f"The path is too long, so the database's socket lies in {short}")
    return short


def forget_socket_folder(places: Places) -> None:
    """Take away the short folder of a cluster that goes, if its path was too long."""
    remembered = places.home / "socket-elsewhere"
    if remembered.exists():
        shutil.rmtree(remembered.read_text(encoding="utf-8"), ignore_errors=True)


def _settle(var: Path) -> tuple[Places, Owner]:
    near = Places(var / "postgres")
    pointer = var / POINTER
    if pointer.exists() and (far := _remembered(pointer, var)):
        return far, Owner.for_data(far.data)
    owner = Owner.for_data(near.data)
    _refuse_foreign(near, owner)
    is_new = not near.data.exists()
    _make_private(near.home, owner)
    if owner.can_write(near.home):
        places = near
    elif owner.is_us or not is_new:
        raise PermissionError(13, "permission denied", str(near.home))
    else:
        places = _go_elsewhere(var, pointer, owner)
    if is_new:
        _refuse_full_disk(places.home)
    return places, owner


def _refuse_foreign(places: Places, owner: Owner) -> None:
    if places.home.exists() and places.home.stat().st_uid not in (owner.uid, 0):
        raise Halt(
            f"{places.home} 属于另一位用户。请用原来的用户运行，或用 XINGLIN_VAR 指定别的目录。",
            f"{places.home} belongs to another user. Run as that user, or name another folder in XINGLIN_VAR.",
        )


def _refuse_full_disk(home: Path) -> None:
    disk = os.statvfs(home)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
        raise OSError(28, "disk full", str(home))


def _remembered(pointer: Path, var: Path) -> Places | None:
    """The home that the pointer names, unless it is another checkout's: then `var/` was copied, pointer and all."""
    home = Path(pointer.read_text(encoding="utf-8"))
    note = home / BELONGS_TO
    if not note.exists():
        return None
    holder = Path(note.read_text(encoding="utf-8"))
    if holder == var:
        return Places(home)
    still_holds = (holder / pointer.name).exists() and (holder / pointer.name).read_text(encoding="utf-8") == str(home)
    if still_holds:
        return None
    _note(note, str(var))  # the checkout was moved
    return Places(home)


def _go_elsewhere(var: Path, pointer: Path, owner: Owner) -> Places:
    ELSEWHERE_ROOT.mkdir(mode=PASSABLE, exist_ok=True)
    ELSEWHERE_ROOT.chmod(PASSABLE)
    places = Places(ELSEWHERE_ROOT / secrets.token_hex(4))
    _make_private(places.home, owner)
    if not owner.can_write(places.home):
        raise PermissionError(13, "permission denied", str(places.home))
    _note(places.home / BELONGS_TO, str(var))
    _note(pointer, str(places.home))
    (var / "postgres").rmdir()
    say(
        f"用户 {owner.name} 进不了 {var}，数据库放在 {places.home}",
        f"User {owner.name} cannot reach {var}; the database lies in {places.home}",
    )
    return places


def _make_private(folder: Path, owner: Owner) -> None:
    folder.mkdir(mode=PRIVATE, exist_ok=True)
    if folder.stat().st_uid != owner.uid:
        owner.own(folder)
    folder.chmod(PRIVATE)


def _note(path: Path, text: str) -> None:
    """Write a line, never through a link: the folder may belong to a less trusted user than we are."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _fits(folder: Path) -> bool:
    # libpq takes a comma for a list of hosts.
    return len(os.fsencode(folder / SOCKET_FILE)) <= LONGEST_SOCKET_PATH and "," not in str(folder)


def _is_private(folder: Path, owner: Owner) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner.uid and stat.S_IMODE(found.st_mode) == PRIVATE
