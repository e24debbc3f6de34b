"""The sealer of `ledger.py`, in a process of its own, as the worker runs it; but four times a second, not each minute.

`begin` seals what has piled up and then goes on sealing in the background; `end` answers how many were sealed since.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import django

from benchmarks._side import serve

PAUSE_S = 0.25


def prepare(told: dict[str, Any]) -> Callable[[str], int]:
    """Goes to the city that our side has made."""
    django.setup()
    from xinglin.cities import current, queries

    current.make_home(queries.by_schema("city_bench"))
    work: list[Work] = []

    def answer(wish: str) -> int:
        if wish == "begin":
            _seal()
            work.append(Work())
            return 0
        return work.pop().end()

    return answer


class Work:
    """Sealing, until it is told to end."""

    def __init__(self) -> None:
        self._is_over, self._sealed = threading.Event(), 0
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._is_over.set()
        self._thread.join()
        return self._sealed

    def _go_on(self) -> None:
        from django.db import connection

        try:
            while not self._is_over.is_set():
                self._sealed += _seal()
                self._is_over.wait(PAUSE_S)
        finally:
            connection.close()  # back to the pool: it is this thread's


def _seal() -> int:
    from xinglin.audit import sealer
    from xinglin.lib import clock

    sealed = sealer.seal()
    sealer.sign(at=clock.now(), pause=sealer.PAUSE_BETWEEN_CHECKPOINTS)
    return sealed


if __name__ == "__main__":
    serve(prepare)
