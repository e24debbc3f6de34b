"""`make bench-import`: a roster of 162,000 lines by 12 cells, from .xlsx to rows, against openpyxl and `bulk_create`.

Both write the same rows of the same models: each line checked, numbers encrypted and given a blind index, compared
with the people there are. Each import is a process of its own with an empty database of its own, copied
from one that was prepared, on one PostgreSQL that keeps what it acknowledges. A round does both, in turning order; the
ratio is taken within a round (seconds of the rival over ours), and the median counts: the goal is 4. `peak_mb` is the
most memory that our process ever held, in any round: the goal is at most 400.

LINES=20000 ROUNDS=1 for a try. The rival is frozen in `_import_openpyxl.py`.
"""
# ruff: noqa: N999 – named after the target, `make bench-import`

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import _cluster, _import_roster
from benchmarks._side import CHECKOUT, Side
from xinglin.lib import environment
from xinglin.lib.postgres import Cluster

LINES = int(os.environ.get("LINES", "162000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SEED = 20261126
GOAL, MOST_MB = 4.0, 400
REQUIREMENTS = CHECKOUT / "benchmarks" / "openpyxl.requirements.txt"
WAYS = ("ours", "rival")


def main() -> int:
    """Write the roster, prepare the database, measure, say."""
    data = environment.folder_of_data()
    beside = openpyxl_beside(data / "bench-openpyxl")
    with _cluster.folder(PYTHONPATH=str(beside)) as var:
        roster = var / "roster.xlsx"
        _import_roster.write(roster, lines=LINES, seed=SEED)
        print(f"{LINES:,} lines, {roster.stat().st_size / 2**20:.1f} MiB", flush=True)
        with _cluster.cluster(var) as cluster:
            ask(cluster, "xinglin", plant=True)
            ratios, peaks = measured(cluster, roster)
    ratio, peak_mb = statistics.median(ratios), max(peaks)
    print(f"import ratio={ratio:.2f} peak_mb={peak_mb:.0f}")
    return 0 if ratio >= GOAL and peak_mb <= MOST_MB else 1


def openpyxl_beside(folder: Path) -> Path:
    """A folder with openpyxl in it, for the rival's import alone; made when it is missing or its list has changed."""
    stamp, wanted = folder / "installed.txt", REQUIREMENTS.read_text(encoding="ascii")
    if not stamp.exists() or stamp.read_text(encoding="ascii") != wanted:
        print("installing openpyxl into", folder, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", folder, "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted, encoding="ascii")
    return folder


def measured(cluster: Cluster, roster: Path) -> tuple[list[float], list[float]]:
    """The ratio and our peak of each round."""
    ratios, peaks = [], []
    for number in range(ROUNDS):
        found = {way: once(cluster, way, roster, number) for way in (WAYS if number % 2 == 0 else WAYS[::-1])}
        assert found["ours"]["rows"] == found["rival"]["rows"], found
        ratios.append(found["rival"]["seconds"] / found["ours"]["seconds"])
        peaks.append(found["ours"]["peak_mb"])
        said = ", ".join(f"{way} {one['seconds']:.1f} s, {one['peak_mb']:.0f} MiB" for way, one in found.items())
        print(f"round {number + 1}: {said}", flush=True)
    return ratios, peaks


def once(cluster: Cluster, way: str, roster: Path, number: int) -> dict[str, Any]:
    """One import into a fresh database, which goes away again."""
    database = f"{way}_{number}"
    cluster.sql(f"create database {database} template xinglin owner xinglin")
    cluster.sql("checkpoint")
    found: dict[str, Any] = ask(cluster, database, way=way, roster=str(roster))
    cluster.sql(f"drop database {database} with (force)")
    return found


def ask(cluster: Cluster, database: str, *, way: str = "", **told: Any) -> Any:
    """What a process of its own answers that works in one database."""
    surroundings = {**os.environ, "DATABASE_URL": cluster.url(database=database)}
    side = Side([sys.executable, "-W", "ignore", "-m", "benchmarks._import_side"], surroundings, told=told)
    found = side.ask(way) if way else None
    side.end()
    return found


if __name__ == "__main__":
    sys.exit(main())
