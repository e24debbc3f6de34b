"""Running the tests on throw-away clusters: the wheel's PostgreSQL for all, Debian's 15 for those of the data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from xinglin.lib import installing, postgres
from xinglin.lib.environment import CHECKOUT
from xinglin.lib.terminal import say

WORKERS = "2"
POOL_SIZE = "60"  # tests with many threads hold many connections at once
# What the database decides – constraints, triggers, locks – is tested on the lowest PostgreSQL as well.
DECIDED_BY_THE_DATABASE = ("test_actions*.py", "test_models*.py", "test_queries*.py", "test_races*.py")
NO_TESTS_RAN = 5


def everything() -> int:
    """`make test`: all but the long proofs."""
    missing = installing.system_needs()
    older = _on_postgres_15() if installing.has_postgres_15() else 0
    say("在自带的 PostgreSQL 上运行测试", "Running the tests on our own PostgreSQL")
    marks = "not proof" if installing.has_browser() else "not proof and not journey"
    newer = pytest("-m", marks, "-n", WORKERS, "--dist", "loadfile")
    installing.tell_missing(missing)
    return newer or older


def fast() -> int:
    """The tests of `make check`: no browser, no long proofs."""
    return pytest("-m", "not proof and not journey", "-n", WORKERS, "--dist", "loadfile")


def proofs() -> int:
    """`make proof`: the long ones, one after the other, because they measure and kill."""
    installing.system_needs()
    return pytest("-m", "proof", "-p", "no:xdist")


def pytest(*arguments: str, wish: str = "") -> int:
    """Run pytest on the database given, else on a cluster that lives as long as the run."""
    command = [sys.executable, "-m", "pytest", *arguments]
    settings = {**os.environ, "XINGLIN_MODE": "test", "XINGLIN_POOL_SIZE": POOL_SIZE}
    if os.environ.get("DATABASE_URL") and not wish:
        return subprocess.run(command, cwd=CHECKOUT, env=settings, stdin=subprocess.DEVNULL).returncode
    with postgres.throw_away(wish=wish or os.environ.get("XINGLIN_POSTGRES", "")) as cluster:
        settings["DATABASE_URL"] = cluster.url()
        return subprocess.run(command, cwd=CHECKOUT, env=settings, stdin=subprocess.DEVNULL).returncode


def _on_postgres_15() -> int:
    say("先在 PostgreSQL 15 上运行数据库的测试", "First the tests of the data on PostgreSQL 15")
    files = sorted(_relative(path) for name in DECIDED_BY_THE_DATABASE for path in (CHECKOUT / "xinglin").rglob(name))
    code = pytest("-m", "not proof and not journey", *files, wish="debian") if files else 0
    return 0 if code == NO_TESTS_RAN else code


def _relative(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))
