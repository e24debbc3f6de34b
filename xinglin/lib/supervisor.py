"""One parent for the programs of a running installation: it starts them, starts one again that died, and stops all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from xinglin.lib.terminal import Halt, say

POLL_S = 0.2
WATCH_EVERY_S = 2.0
STOP_WITHIN_S = 10.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
MOST_DEATHS = 5  # within
DEATHS_WITHIN_S = 120.0
PR_SET_PDEATHSIG = 1


@dataclass
class Program:
    """One program to keep running."""

    chinese: str
    english: str
    command: Sequence[str]
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS), repr=False)
    _again_at: float = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        # Its own session: Ctrl-C in the terminal reaches the supervisor alone, which then stops everything in order.
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent
        )

    def tend(self, now: float) -> None:
        """Start it again when it died, after a pause that grows; halt when it dies too often."""
        if self._process is not None and self._process.poll() is not None:
            self._end_family()  # its own children, if it left any, would hold the port
            self._process = None
            self._note_death(now)
        if self._process is None and now >= self._again_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def see_off(self, *, until: float) -> None:
        """Wait for its end; whatever is left then is killed."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, until - time.monotonic()))
        self._end_family()
        self._process.wait()

    def _note_death(self, now: float) -> None:
        self._deaths.append(now)
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < DEATHS_WITHIN_S:
            raise Halt(
                f"{self.chinese}在两分钟内停了 {MOST_DEATHS} 次，不再重启。原因见上面的日志。",
                f"The {self.english} died {MOST_DEATHS} times in two minutes and stays down; see the log above.",
                exit_code=1,
            )
        recent = sum(now - death < DEATHS_WITHIN_S for death in self._deaths)
        self._again_at = now + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (recent - 1))
        say(f"{self.chinese}停了，正在重启", f"The {self.english} died; starting it again")

    def _end_family(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def run(
    programs: Sequence[Program],
    *,
    watch: Callable[[], None],
    is_ready: Callable[[], bool],
    on_ready: Callable[[], None],
) -> None:
    """Keep the programs running until Ctrl-C or SIGTERM.

    `watch` is called now and then, for what is not a program; `on_ready` once, when `is_ready` says so.
    """
    with _stop_asked() as is_asked:
        try:
            watch_at = time.monotonic() + WATCH_EVERY_S
            is_told = False
            while not is_asked():
                now = time.monotonic()
                for program in programs:
                    program.tend(now)
                if not is_told and is_ready():
                    on_ready()
                    is_told = True
                if now >= watch_at:
                    watch()
                    watch_at = now + WATCH_EVERY_S
                time.sleep(POLL_S)
        finally:
            stop(programs)


def stop(programs: Sequence[Program]) -> None:
    """Ask all at once, wait for each, leave none."""
    for program in programs:
        program.ask_to_stop()
    until = time.monotonic() + STOP_WITHIN_S
    for program in programs:
        program.see_off(until=until)


@contextlib.contextmanager
def _stop_asked() -> Iterator[Callable[[], bool]]:
    """While the block runs, Ctrl-C and SIGTERM are only noted; the loop sees them at its next turn."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _die_with_parent() -> None:
    """On Linux the kernel ends the program when the supervisor is killed outright, so that no port stays taken."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
