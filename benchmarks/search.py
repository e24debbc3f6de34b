"""`make bench-search`: ten kinds of search for volunteers, against plain ILIKE, and ten times more people.

Made-up people fill one city by COPY: 162,000, and in another database 1,620,000, in 132 teams. Ours is the public
`people.search.find`, asked as the bureau's administrator: first page of fifty, with teams and all that the page reads.
The rival (`_search_rival.py`, frozen) is the same query of the same tables for the same page, but that each thing asked
for is `ILIKE '%…%'`, with pinyin, telephones and stars in a table beside in plain text. Each question is asked of both
in turn, different ones of each kind, and both must answer the same people.

The server has the memory that a province's would have (`docs/OPERATIONS.md`), all tables are read into it first, and
the connection has answered other questions of each kind before, as in a house that is at work.

`ratio` is the geometric mean, over the ten kinds, of the rival's median time over ours, at 162,000: the goal is 10.
`growth` is the p95 of all our searches at 1,620,000 over that at 162,000: the goal is at most 2.

PEOPLE=20000,200000 ASKED=5 for a try.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._side import Side
from xinglin.lib import environment, postgres

PEOPLE = [int(size) for size in os.environ.get("PEOPLE", "162000,1620000").split(",")]
ASKED = int(os.environ.get("ASKED", "30"))  # of each kind
SEED = 20261126
MEMORY = {"shared_buffers": "4GB"}
INTO_MEMORY = (
    "SELECT sum(pg_prewarm(c.oid::regclass)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'city_bench' AND c.relkind IN ('r', 'i') AND c.relpages > 0"
)
GOAL, MOST_GROWTH = 10.0, 2.0


def main() -> int:
    """Fill, ask, say; one size after the other."""
    data = environment.folder_of_data()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)  # its owner passes through, where that is another user
    ours: dict[int, dict[str, list[float]]] = {}
    ratios: dict[str, float] = {}
    for size in PEOPLE:
        found = measured(size, data, with_rival=size == PEOPLE[0])
        ours[size] = found["ours"]
        for kind, times in found["ours"].items():
            said = f"{size:,} {kind}: ours {statistics.median(times) * 1000:.1f} ms"
            if kind in found.get("rival", {}):
                ratios[kind] = statistics.median(found["rival"][kind]) / statistics.median(times)
                said += f", ILIKE {statistics.median(found['rival'][kind]) * 1000:.1f} ms, ratio {ratios[kind]:.1f}"
            print(said, flush=True)
    ratio = math.exp(statistics.mean(math.log(one) for one in ratios.values()))
    tails = [p95([time for times in ours[size].values() for time in times]) for size in PEOPLE]
    print(", ".join(f"p95 at {size:,}: {tail * 1000:.1f} ms" for size, tail in zip(PEOPLE, tails, strict=True)))
    growth = tails[-1] / tails[0]
    print(f"search ratio={ratio:.1f} growth={growth:.2f}")
    return 0 if ratio >= GOAL and growth <= MOST_GROWTH else 1


def measured(size: int, data: Path, *, with_rival: bool) -> dict[str, Any]:
    """Seconds of each question by its kind, ours and the rival's, in a database that forgets."""
    with (
        tempfile.TemporaryDirectory(prefix="xl-bench-") as var,
        postgres.throw_away(wish=os.environ.get("PG", ""), inside=data, settings=MEMORY) as cluster,
    ):
        surroundings = os.environ | {
            "XINGLIN_MODE": "test",
            "XINGLIN_VAR": var,
            "DJANGO_SETTINGS_MODULE": "xinglin.settings",
            "XINGLIN_LOG_LEVEL": "ERROR",
            "DATABASE_URL": cluster.url(),
        }
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks._search_side"]
        side = Side(command, dict(surroundings), told={"people": size, "seed": SEED, "with_rival": with_rival})
        cluster.sql("CREATE EXTENSION IF NOT EXISTS pg_prewarm", database="xinglin")
        cluster.sql(INTO_MEMORY, database="xinglin")
        found: dict[str, Any] = side.ask({"asked": ASKED, "with_rival": with_rival})
        side.end()
    return found


def p95(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]


if __name__ == "__main__":
    sys.exit(main())
