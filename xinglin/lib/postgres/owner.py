"""Who the database runs as. PostgreSQL refuses root, so root hands it to an unprivileged user."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinglin.lib.terminal import Halt

UNPRIVILEGED = "nobody"
TRY_TO_WRITE = 'cd -- "$0" && : > .trial && rm -- .trial'


@dataclass(frozen=True)
class Owner:
    """The user whose processes and files the cluster's are."""

    uid: int
    gid: int
    name: str

    @classmethod
    def of(cls, uid: int) -> Owner:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise Halt(
                f"系统里没有编号为 {uid} 的用户，PostgreSQL 无法以它运行。请换一个用户，或设置 DATABASE_URL。",
                f"The system knows no user number {uid}; PostgreSQL needs one. Use another, or set DATABASE_URL.",
            ) from None
        return cls(entry.pw_uid, entry.pw_gid, entry.pw_name)

    @classmethod
    def for_data(cls, data: Path) -> Owner:
        """Ourselves; for root whoever owns the data already, else `nobody`."""
        if os.geteuid() != 0:
            return cls.of(os.geteuid())
        if data.exists() and data.stat().st_uid != 0:
            return cls.of(data.stat().st_uid)
        try:
            return cls.of(pwd.getpwnam(UNPRIVILEGED).pw_uid)
        except KeyError:
            raise Halt(
                "PostgreSQL 不能以 root 运行，系统里又没有 nobody 用户。请换普通用户运行，或设置 DATABASE_URL。",
                "PostgreSQL refuses root, and there is no user `nobody`. Run as an ordinary user, or set DATABASE_URL.",
            ) from None

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as this user."""
        return {} if self.is_us else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give one file or folder to this user."""
        if not self.is_us:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_write(self, folder: Path) -> bool:
        """Whether this user really gets into the folder and may write there; only an attempt tells."""
        attempt = ["/bin/sh", "-c", TRY_TO_WRITE, str(folder)]
        try:
            done = subprocess.run(attempt, cwd="/", capture_output=True, timeout=30, **self.popen())
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0
