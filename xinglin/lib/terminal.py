"""What is said on a terminal: one calm line per step in two languages, and one sentence when the work cannot go on."""

from __future__ import annotations

import sys


class Halt(Exception):
    """The program cannot go on; the sentence says what is the matter and what to do. Shown without a traceback."""

    def __init__(self, chinese: str, english: str, *, exit_code: int = 2) -> None:
        self.chinese = chinese
        self.english = english
        self.exit_code = exit_code
        super().__init__(f"{chinese}\n{english}")


def say(chinese: str, english: str) -> None:
    """Tell one step."""
    print(f"· {chinese}  {english}", flush=True)


def say_halt(halt: Halt) -> int:
    """Tell why nothing more happens; returns the exit code for the process."""
    print(f"✗ {halt.chinese}\n  {halt.english}", file=sys.stderr, flush=True)
    return halt.exit_code
