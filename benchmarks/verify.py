"""`make bench-verify`: how fast the ledger proves itself, and that its memory does not grow with the ledger.

Two ledgers are made by SQL, row for row as `post` would have written them, of 1 and 10 million transfers among the
same accounts (`SIZES=1000000,10000000` for others). Each is verified by a fresh process, while the memory of that
process and of its session in the database is looked at ten times a second: what belongs to each of them alone,
without the pages that all sessions share. `growth` is the larger ledger's peak over the smaller one's, of process or
session, whichever grew more; the goal is 1.2. `rows_per_s` is that of the larger ledger. Sorting goes to the
database's disk: the room that it took there is printed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks._side import CHECKOUT, Side, serve
from xinglin.lib import environment, postgres

SIZES = [int(size) for size in os.environ.get("SIZES", "1000000,10000000").split(",")]
MEMBERS = int(os.environ.get("MEMBERS", "20000"))
GOAL = 1.2
LOOK_EVERY_S = 0.1


def main() -> int:
    """Build, verify, look, say; one ledger after the other."""
    data = environment.folder_of_data()
    peaks, rates = [], []
    for size in SIZES:
        with _database(data):
            print(f"{size:,} transfers among {MEMBERS:,} members: building", flush=True)
            side = Side(
                [sys.executable, "-W", "ignore", "-m", "benchmarks.verify", "side"],
                dict(os.environ),
                told={"transfers": size, "members": MEMBERS},
            )
            session = side.ask("session")
            with Watch({"process": side.pid, "session": session}) as watch:
                found = side.ask("verify")
            side.end()
        assert found["differences"] == [], found
        assert found["transfers"] == size, found
        peaks.append(watch.peaks)
        rates.append(size / found["seconds"])
        print(
            f"{size:,}: {found['seconds']:.1f} s, {rates[-1]:,.0f} rows/s, peak of the process"
            f" {watch.peaks['process'] / 2**20:.0f} MiB, of its session {watch.peaks['session'] / 2**20:.0f} MiB,"
            f" {found['disk'] / 2**20:,.0f} MiB on the disk for sorting",
            flush=True,
        )
    growth = max(peaks[-1][part] / peaks[0][part] for part in peaks[0])
    print(f"verify growth={growth:.2f} rows_per_s={rates[-1]:.0f}")
    return 0 if growth <= GOAL else 1


@contextlib.contextmanager
def _database(data: Path) -> Iterator[None]:
    """A cluster that forgets, on the disk where data lies: only reading is measured."""
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)  # its owner passes through, where that is another user
    with (
        tempfile.TemporaryDirectory(prefix="xl-bench-") as var,
        postgres.throw_away(wish=os.environ.get("PG", ""), inside=data) as cluster,
    ):
        os.environ |= {
            "XINGLIN_MODE": "test",
            "XINGLIN_VAR": var,
            "DJANGO_SETTINGS_MODULE": "xinglin.settings",
            "XINGLIN_LOG_LEVEL": "ERROR",
            "DATABASE_URL": cluster.url(),
        }
        yield


class Watch:
    """Looks at the memory that processes have for themselves until it is told to stop."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids, self._is_over = pids, threading.Event()
        self.peaks = dict.fromkeys(pids, 0)
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_S):
            for part, pid in self._pids.items():
                self.peaks[part] = max(self.peaks[part], _own_bytes(pid))


def _own_bytes(pid: int) -> int:
    """Memory that is neither a file's nor shared."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    [anonymous] = [line.split()[1] for line in lines if line.startswith("RssAnon:")]
    return int(anonymous) * 1024


# The process that verifies ---------------------------------------------------------------------------------------


def _prepare(told: dict[str, int]):  # type: ignore[no-untyped-def]
    """A city with a ledger of that size; then the verification, as the command does it."""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks._ledger_rows", str(told["transfers"]), str(told["members"])],
        cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    import django

    django.setup()
    from django.db import connection

    from xinglin.cities import current, queries
    from xinglin.timebank import verification

    current.make_home(queries.by_schema("city_bench"))

    def read(query: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(query)
            number: int = cursor.fetchone()[0]
        return number

    def answer(wish: str) -> object:
        if wish == "session":
            return read("SELECT pg_backend_pid()")
        tally = verification.Tally()
        began = time.perf_counter()
        differences = [str(difference) for difference in verification.differences(tally)]
        seconds = time.perf_counter() - began
        disk = read("SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()")
        return {"seconds": seconds, "differences": differences, "transfers": tally.transfers, "disk": disk}

    return answer


if __name__ == "__main__":
    if sys.argv[1:] == ["side"]:
        serve(_prepare)
    else:
        sys.exit(main())
