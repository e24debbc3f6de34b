"""The PostgreSQL of a benchmark that keeps what it acknowledges, with a folder of its own; both go with the block."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinglin.lib import environment, postgres
from xinglin.lib.postgres import Cluster, places


@contextlib.contextmanager
def folder(**surroundings: str) -> Iterator[Path]:
    """A folder for a benchmark on the disk where data lies, as `XINGLIN_VAR`; gone at the end, a bad one too."""
    data = environment.folder_of_data()
    data.mkdir(parents=True, exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="bench-", dir=data))
    os.environ |= {
        "XINGLIN_MODE": "test",
        "XINGLIN_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "xinglin.settings",
        "XINGLIN_LOG_LEVEL": "ERROR",
        **surroundings,
    }
    before = signal.signal(signal.SIGTERM, _end)  # whoever is told to stop tidies up as well
    try:
        yield var
    finally:
        signal.signal(signal.SIGTERM, before)
        shutil.rmtree(places.home_of(var).home, ignore_errors=True)
        shutil.rmtree(var, ignore_errors=True)


def cluster(var: Path) -> contextlib.AbstractContextManager[Cluster]:
    """The PostgreSQL in that folder, of the kind that `PG` wishes for."""
    return postgres.lease(var, wish=os.environ.get("PG", ""))


def _end(_number: int, _frame: Any) -> None:
    sys.exit(128 + signal.SIGTERM)
