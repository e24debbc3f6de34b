"""The supervisor: starts again what died, gives up in the end, leaves nobody behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from xinglin.lib import supervisor
from xinglin.lib.locks import FileLock
from xinglin.lib.supervisor import Program
from xinglin.lib.terminal import Halt

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def lives(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()


def run_until_ctrl_c(programs: list[Program], *, after_s: float) -> None:
    """Run, and press Ctrl-C `after_s` seconds after the programs are ready."""

    def press() -> None:
        threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT)).start()

    supervisor.run(programs, watch=lambda: None, is_ready=lambda: True, on_ready=press)


def test_ctrl_c_stops_every_program():
    programs = [Program("一", "first", SLEEPER), Program("二", "second", SLEEPER)]

    run_until_ctrl_c(programs, after_s=0.3)

    assert not any(lives(program.pid) for program in programs)


def test_a_program_that_died_is_started_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.1)
    program = Program("一", "first", SLEEPER)
    pids: list[int] = []

    def kill_once() -> None:
        pids.append(program.pid or 0)
        os.kill(pids[0], signal.SIGKILL)
        threading.Timer(1.2, note_and_stop).start()

    def note_and_stop() -> None:
        pids.append(program.pid or 0)
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor.run([program], watch=lambda: None, is_ready=lambda: True, on_ready=kill_once)

    assert pids[0] != pids[1] > 0
    assert not lives(pids[1])


def test_a_program_that_dies_again_and_again_is_told_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.0)
    other = Program("二", "second", SLEEPER)

    with pytest.raises(Halt, match="不再重启"):
        supervisor.run(
            [Program("一", "first", [sys.executable, "-c", "raise SystemExit(3)"]), other],
            watch=lambda: None,
            is_ready=lambda: False,
            on_ready=lambda: None,
        )

    assert not lives(other.pid)


def test_a_program_that_does_not_listen_is_killed_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(supervisor, "STOP_WITHIN_S", 0.5)
    deaf = (
        "import pathlib, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"child = subprocess.Popen({SLEEPER!r}); pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid));"
        "time.sleep(60)"
    )
    program = Program("一", "first", [sys.executable, "-c", deaf])

    run_until_ctrl_c([program], after_s=1.0)
    time.sleep(0.1)

    assert not lives(program.pid)
    assert not is_running(int((tmp_path / "child").read_text()))


def is_running(pid: int) -> bool:
    """Alive, and not just waiting for its new parent to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_lock_is_held_by_one_and_gone_with_its_holder(tmp_path: Path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")

    taken = first.take_alone()
    first.write("http://127.0.0.1:8000/")
    refused = second.take_alone()
    first.release()

    assert (taken, refused, second.take_alone()) == (True, False, True)
    assert second.read() == "http://127.0.0.1:8000/"
    second.release()
