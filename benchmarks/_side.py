"""A process of its own for each rival, so that none pays for the other's imports, garbage or connections.

One JSON object a line goes in, one comes back; the first line that comes says `ready`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent  # nothing of ours is imported: a rival's Python may read this file


class Side:
    """One of the processes of a benchmark, seen from the one that measures."""

    def __init__(self, command: list[str], environment: dict[str, str], *, told: Any) -> None:
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._tell(told)
        said = self._hear()
        assert said == "ready", f"{command} said {said!r}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, wish: Any) -> Any:
        """What the process answers to a wish."""
        self._tell(wish)
        return json.loads(self._hear())

    def end(self) -> None:
        """Let it go home: it reads until its input ends."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _tell(self, wish: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def serve(prepare: Callable[[Any], Callable[[Any], Any]]) -> None:
    """The other end: `prepare` gets what the process is told first, and gives back what answers each wish."""
    answer = prepare(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
