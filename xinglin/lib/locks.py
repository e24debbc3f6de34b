"""Locks between processes, held by the kernel: they vanish with their holder, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

POLL_S = 0.05


class FileLock:
    """One lock on one file. Shared by many or held by one; a child process does not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take_alone(self, *, within_s: float = 0) -> bool:
        """Hold it alone; False when somebody else still holds it after `within_s` seconds."""
        return self._take(fcntl.LOCK_EX, within_s)

    def take_shared(self, *, within_s: float = 0) -> bool:
        """Hold it beside others who share it."""
        return self._take(fcntl.LOCK_SH, within_s)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def write(self, note: str) -> None:
        """Leave a note for those who find the lock held."""
        assert self._descriptor is not None, "only the holder writes"
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, note.encode(), 0)

    def read(self) -> str:
        """The holder's note."""
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def _take(self, kind: int, within_s: float) -> bool:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_up_at = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= give_up_at:
                    return False
                time.sleep(POLL_S)
