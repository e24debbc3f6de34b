"""The ledger on a bad day: web process, worker and database are killed in turn in the middle of posting.

After each kill all that was answered must stand, nothing may stand twice, and every balance must be what a
plain count of the answers says. The load is `ledger_load.py`, in a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_serving_faults import CHECKOUT, STOPS_WITHIN_S, Site, ground

__all__ = ["ground"]
pytestmark = pytest.mark.proof

ROUNDS = 51  # a third of them for each part
PARTS = ("web", "worker", "database")
BACK_WITHIN_S = 240  # on a machine that others keep busy


class Kept(Site):
    """A site whose supervisor is started again when it gives up, as a server's own service manager does."""

    given_up = 0

    def start(self) -> subprocess.Popen[str]:
        with (self.var.parent / "log").open("ab") as said:  # no pipe: nobody reads it, and a full one would block
            return subprocess.Popen(
                [sys.executable, "-m", "xinglin.cli", "serve"], cwd=CHECKOUT, env=self.environment(), text=True,
                stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait_for_page(self) -> None:
        give_up_at = time.monotonic() + BACK_WITHIN_S
        while self.status() != 200:
            assert time.monotonic() < give_up_at, "no page"
            time.sleep(0.2)

    @contextlib.contextmanager
    def looked_after(self) -> Iterator[None]:
        """It may give up at any moment, also while nobody here waits for a part of it."""
        is_over = threading.Event()

        def look() -> None:
            while not is_over.wait(0.2):
                if self.process.poll() is not None:
                    self.process = self.start()
                    self.given_up += 1

        manager = threading.Thread(target=look)
        manager.start()
        try:
            yield
        finally:
            is_over.set()
            manager.join()


@pytest.fixture
def site(ground: Path) -> Iterator[Kept]:
    running = Kept(ground / "var")
    try:
        with running.looked_after():
            running.wait_for_page()
            yield running
    finally:
        running.process.terminate()
        running.process.wait(timeout=STOPS_WITHIN_S)


class Load:
    """The other process, spoken to word by word."""

    def __init__(self, site: Site) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.ledger_load", str(site.port)],
            cwd=CHECKOUT,
            env=site.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, word: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the load is gone: {self.process.wait()}"
        return json.loads(line)


@pytest.fixture
def load(site: Kept) -> Iterator[Load]:
    other = Load(site)
    other.say("prepare")
    yield other
    other.process.terminate()
    other.process.wait(timeout=30)


def test_nothing_answered_is_lost_and_nothing_stands_twice_however_often_a_part_is_killed(site: Kept, load: Load):
    chance = random.Random(5)
    found = []

    for number in range(ROUNDS):
        part = PARTS[number % len(PARTS)]
        load.say("load")
        time.sleep(chance.uniform(0.4, 2.0))
        kill(site, part)
        time.sleep(chance.uniform(0.1, 0.6))
        found += [f"round {number}, {part}: {mistake}" for mistake in load.say("rest")]
        assert found == []
    counts = load.say("end")
    verified = subprocess.run(
        [sys.executable, "manage.py", "verify"], cwd=CHECKOUT, env=site.environment(), capture_output=True, text=True
    )

    print(
        f"{ROUNDS} kills; the site gave up {site.given_up} times;",
        ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert counts["voided by page"] > ROUNDS
    assert {"credit", "hold", "settle", "release", "lapse", "reversal"} <= counts.keys()
    assert {"tried again: database", "tried again: page"} <= counts.keys(), "nobody was hit in the middle"


def kill(site: Kept, part: str) -> None:
    """`kill -9`, and the part awaited that the supervisor starts in its place."""
    before = wait_for(site, part, but=None)
    with contextlib.suppress(ProcessLookupError):  # it has gone by itself since it was looked for
        os.kill(before, signal.SIGKILL)
    wait_for(site, part, but=before)
    site.wait_for_page()


def wait_for(site: Kept, part: str, *, but: int | None) -> int:
    give_up_at = time.monotonic() + BACK_WITHIN_S
    while time.monotonic() < give_up_at:
        pid = site.processes().get(part)
        if pid is not None and pid != but:
            return pid
        time.sleep(0.1)
    raise AssertionError(f"the {part} did not come back")
