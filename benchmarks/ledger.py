"""`make bench-ledger`: the time bank against a plain function, django-hordak and COPY, and against itself when hot.

All on one PostgreSQL that keeps what it acknowledges (fsync on), as in production, in one run. Each side is a process
of its own; each round asks every way once, in turning order; a ratio is taken within a round, and the median of
all rounds counts. Figures are transfers a second over transfers a second, so more is better for us:

  ratio          batches of 1,000 through `actions.post` / one call of a plain PL/pgSQL function for each transfer, each
                 a statement and a commit on one connection (`_naive.py`). What batching is for: the goal is 12.
  hordak_batch   the same batches / django-hordak 2.0's own API, one `transfer_to` each (`_hordak.py`)   60
  hordak_single  `actions.post` of one transfer, commit by commit / the same                             5
  hot_batch      batches from one unlimited account to random members / between random members           0.9
  hot_single     the same with 16 clients that post one at a time                                        0.6
  sealed         batches while the sealer seals them in a process beside / the same without it            0.9
  copy           batches between random members / one COPY of the same rows, same indexes and checks     0.2

The disk takes its part of every commit, ours and theirs, and the more of it there is in a transfer, the closer to 1 is
`hordak_single`: what a commit of one tiny row takes is printed as well. FSYNC=off shows what is left without the
disk; that is not the measure.

The rivals are frozen here: what makes ours faster must not make them faster, nor ours look slower.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import urllib.parse
from pathlib import Path

from benchmarks import _cluster
from benchmarks._side import CHECKOUT, Side
from xinglin.lib import environment
from xinglin.lib.postgres import Cluster

ROUNDS = int(os.environ.get("ROUNDS", "7"))
ACCOUNTS, HORDAK_ACCOUNTS, SEED = 10_000, 500, 20261125
# How many transfers each way posts in a round: about a second each on a quiet machine of two cores.
SHARES = {
    "naive": 1_500,
    "hordak": 400,
    "batches": 20_000,
    "hot_batches": 20_000,
    "singles": 1_500,
    "crowd": 3_200,
    "hot_crowd": 3_200,
    "copy": 20_000,
    "sealed": 40_000,
    "commits": 200,
}
WARM = 0.2
sealed_beside: list[float] = []  # the part of a round's transfers that was sealed while the others were posted
# Which way over which, and the goal.
RATIOS = {
    "ratio": ("batches", "naive", 12.0),
    "hordak_batch": ("batches", "hordak", 60.0),
    "hordak_single": ("singles", "hordak", 5.0),
    "hot_batch": ("hot_batches", "batches", 0.9),
    "hot_single": ("hot_crowd", "crowd", 0.6),
    "sealed": ("sealed", "batches", 0.9),
    "copy": ("batches", "copy", 0.2),
}
REQUIREMENTS = CHECKOUT / "benchmarks" / "hordak.requirements.txt"


def main() -> int:
    """Install the rival, build, warm up, measure, say."""
    data = environment.folder_of_data()
    python = hordaks_python(data / "bench-hordak")
    with _cluster.folder() as var, _cluster.cluster(var) as cluster:
        if os.environ.get("FSYNC") == "off":
            for setting in ("fsync", "synchronous_commit"):
                cluster.sql(f"alter system set {setting} = off")
            cluster.sql("select pg_reload_conf()")
        found = measured(start(cluster, python), SHARES, rounds=ROUNDS)
    print("ledger " + " ".join(f"{name}={value:.{2 if value < 10 else 1}f}" for name, value in found.items()))
    return 0 if all(found[name] >= goal for name, (_, _, goal) in RATIOS.items() if name in found) else 1


def hordaks_python(folder: Path) -> str:
    """A Python with django-hordak in it, made when it is missing or its list has changed."""
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="ascii")
    if not stamp.exists() or stamp.read_text(encoding="ascii") != wanted:
        print("installing django-hordak into", folder, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", REQUIREMENTS]
        subprocess.run(pip, check=True)
        stamp.write_text(wanted, encoding="ascii")
    return str(python)


def start(cluster: Cluster, hordaks: str) -> dict[str, Side]:
    """A process and a database for each side, on the one cluster."""
    for name in ("naive", "hordak"):
        cluster.sql(f"create database {name} owner xinglin")
    url = urllib.parse.urlsplit(cluster.url(database="hordak"))
    login = {"role": url.username, "database": "hordak", "host": dict(urllib.parse.parse_qsl(url.query))["host"]}
    ours = {**os.environ, "DATABASE_URL": cluster.url()}
    return {
        "naive": _side(sys.executable, "_naive", ours, url=cluster.url(database="naive"), accounts=ACCOUNTS),
        "hordak": _side(hordaks, "_hordak", ours, **login, accounts=HORDAK_ACCOUNTS),
        "ours": _side(sys.executable, "_ledger_ours", ours, accounts=ACCOUNTS),
        "sealer": _side(sys.executable, "_ledger_sealer", ours),
    }


def measured(sides: dict[str, Side], shares: dict[str, int], *, rounds: int) -> dict[str, float]:
    """The medians of the rounds' ratios."""
    for way, share in shares.items():
        _speed(sides, way, max(1, int(share * WARM)))
    found: dict[str, list[float]] = {name: [] for name in RATIOS}
    ways, commits = list(shares), []
    for number in range(rounds):
        turn = number % len(ways)
        speeds = {way: _speed(sides, way, shares[way]) for way in ways[turn:] + ways[:turn]}
        commits.append(1 / speeds["commits"])
        for name, (ours, rival, _) in RATIOS.items():
            found[name].append(speeds[ours] / speeds[rival])
        print(f"round {number + 1}: " + ", ".join(f"{way} {speeds[way]:,.0f}/s" for way in ways), flush=True)
    for side in sides.values():
        side.end()
    print(f"while batches were posted, {statistics.median(sealed_beside):.0%} of their transfers were sealed (median)")
    assert statistics.median(sealed_beside) > 0.5, "the sealer hardly worked: `sealed` would say nothing"
    print(f"a commit of one tiny row took {statistics.median(commits) * 1000:.2f} ms (median)")
    return {name: statistics.median(values) for name, values in found.items()}


def _side(python: str, module: str, surroundings: dict[str, str], **told: object) -> Side:
    command = [python, "-W", "ignore", "-m", f"benchmarks.{module}"]
    return Side(command, surroundings, told={**told, "seed": SEED})


def _speed(sides: dict[str, Side], way: str, share: int) -> float:
    """Transfers a second."""
    if way == "sealed":
        sides["sealer"].ask("begin")
        seconds: float = sides["ours"].ask({"way": "batches", "transfers": share})
        sealed_beside.append(sides["sealer"].ask("end") / share)
    else:
        asked = {"commits": "naive"}.get(way, way)
        seconds = sides.get(asked, sides["ours"]).ask({"way": way, "transfers": share})
    return share / seconds


if __name__ == "__main__":
    sys.exit(main())
