"""A benchmark that is told to stop, or breaks, leaves neither its folder nor its PostgreSQL behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

SCRIPT = """
import sys
from benchmarks import _cluster
with _cluster.folder() as var, _cluster.cluster(var) as cluster:
    pid = (cluster.places.data / "postmaster.pid").read_text().split()[0]
    print("here", pid, cluster.places.home, flush=True)
    sys.stdin.read(1)
    raise RuntimeError("it breaks")
"""


@pytest.mark.parametrize("end", ["told to stop", "broken"])
def test_nothing_is_left_behind(tmp_path: Path, end: str):
    here = {**os.environ, "XINGLIN_VAR": str(tmp_path / "var")}
    bench = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=here,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert bench.stdout is not None
    assert bench.stdin is not None
    pid, home = next(line.decode().split()[1:] for line in bench.stdout if line.startswith(b"here "))
    assert Path(home).is_dir()

    if end == "told to stop":
        bench.send_signal(signal.SIGTERM)
    else:
        bench.stdin.close()
    bench.wait(timeout=60)

    assert bench.returncode not in (0, -signal.SIGTERM)
    assert list((tmp_path / "var").glob("bench-*")) == []
    assert not Path(home).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
