"""How far it is: a line now and then, so that nobody thinks it stands still."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from xinglin.lib.terminal import say

EVERY_S = 10.0


def told(chunks: Iterable[bytes], chinese: str, english: str) -> Iterator[bytes]:
    """The chunks as they are, with a word every ten seconds."""
    done, told_at = 0, time.monotonic()
    for chunk in chunks:
        done += len(chunk)
        if time.monotonic() - told_at > EVERY_S:
            told_at = time.monotonic()
            say(f"{chinese}：{size(done)}", f"{english}: {size(done)}")
        yield chunk


def size(count: float) -> str:
    """`3.4 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
