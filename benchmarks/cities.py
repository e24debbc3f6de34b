"""`make bench-cities`: what many cities cost a page and a posting in the ledger, against one fixed schema.

Two processes on the same cluster in the same run: ours, led from city to city by host name, and the rival, to whom one
schema is fixed by its connection (`_fixed_schema.py`). Each round asks the rival, then 1, 10 and 100 cities, in turning
order; ratios are taken within a round, the median of all rounds counts. With 100 cities each comes in its turn,
so that every single request and every single posting changes the city.
"""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
import time

from benchmarks._side import Side
from xinglin.lib import postgres

MOST = 100
SIZES = (1, 10, 100)
ROUNDS = int(os.environ.get("ROUNDS", "9"))
PAGES, POSTS, WARM = 100, 400, 2
MADE_ANEW = 7  # of the cities, so many are made and timed; the others are copies of the first with its rows
GOAL = 0.93
FIXED = "fixed"


def main() -> int:
    """Build, warm up, measure, say."""
    os.environ |= {
        "XINGLIN_MODE": "test",
        "XINGLIN_VAR": tempfile.mkdtemp(prefix="xl-bench-"),
        "DJANGO_SETTINGS_MODULE": "xinglin.settings",
        "XINGLIN_ALLOWED_HOSTS": ".example.cn",
        "XINGLIN_LOG_LEVEL": "ERROR",
    }
    with postgres.throw_away() as cluster:
        os.environ["DATABASE_URL"] = cluster.url()
        create_s, cities = build()
        print(f"{len(cities)} cities; a new one in {create_s:.2f} s (median of {MADE_ANEW})", flush=True)
        sides = {FIXED: side(FIXED, cities[:1]), "cities": side("cities", cities)}
        ratios = measure(sides, [city["schema"] for city in cities])
        for one in sides.values():
            one.end()
    worst = min(ratios[(kind, MOST)] for kind in ("page", "post"))
    for (kind, size), ratio in sorted(ratios.items()):
        print(f"{kind} in {size} cities: ratio {ratio:.3f}")
    print(f"cities ratio={worst:.3f} create_s={create_s:.2f}")
    return 0 if worst >= GOAL and create_s <= 5 else 1


def build() -> tuple[float, list[dict[str, str]]]:
    """The cities, each with the same volunteer, some shifts and an account with a history."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from xinglin.cities import actions, copying, current, keys
    from xinglin.lib import clock

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    took = []
    with current.outside():
        for number in range(MADE_ANEW):
            began = time.perf_counter()
            city = actions.create(slug=f"c{number:03}", name=f"第{number}市", hosts=[_host(number)], at=clock.now())
            took.append(time.perf_counter() - began)
            with current.entered(city):
                populate()
        for number in range(MADE_ANEW, MOST):
            with transaction.atomic():
                copying.copy(source="city_c000", target=f"city_c{number:03}")
                city = actions.register(slug=f"c{number:03}", name=f"第{number}市", secrets=keys.new(), at=clock.now())
            actions.add_host(city=city, host=_host(number))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    connection.close()
    return statistics.median(took), [{"schema": f"city_c{n:03}", "host": _host(n)} for n in range(MOST)]


def populate() -> None:
    """What a volunteer's first page looks at."""
    import datetime as dt

    from xinglin.activities.tests.factories import make_shift
    from xinglin.lib import clock
    from xinglin.people.tests.factories import make_volunteer
    from xinglin.timebank.tests.factories import credit

    volunteer = make_volunteer(number="V000001")
    unit = volunteer.memberships.get().unit
    for day in range(1, 21):
        starts_at = clock.now() + dt.timedelta(days=day)
        make_shift(places=3, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3), unit=unit)
        credit(volunteer.person, 60, key=f"record:{secrets.token_hex(4)}")


def side(name: str, cities: list[dict[str, str]]) -> Side:
    """One of the two processes."""
    settings = "benchmarks._fixed_schema" if name == FIXED else "xinglin.settings"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "FIXED_SCHEMA": cities[0]["schema"]}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks._cities_runner", name]
    return Side(command, environment, told={"cities": cities})


def run(side: Side, schemas: list[str], *, pages: int = PAGES, posts: int = POSTS) -> dict[str, float]:
    """Seconds that pages and postings took."""
    seconds: dict[str, float] = side.ask({"schemas": schemas, "pages": pages, "posts": posts})
    return seconds


def measure(sides: dict[str, Side], schemas: list[str]) -> dict[tuple[str, int], float]:
    """The rival's time over ours, for pages and postings, by number of cities: the median of the rounds."""
    for one, few in ((sides[FIXED], schemas[:1]), (sides["cities"], schemas)):
        run(one, few, pages=WARM * MOST, posts=WARM * MOST)
    found: dict[tuple[str, int], list[float]] = {}
    for number in range(ROUNDS):
        turns: list[int] = [0, *SIZES]  # 0 is the rival
        turns = turns[number % len(turns) :] + turns[: number % len(turns)]
        took = {size: _asked(sides, schemas, size) for size in turns}
        for size in SIZES:
            for kind in ("page", "post"):
                found.setdefault((kind, size), []).append(took[0][kind] / took[size][kind])
        print(f"round {number + 1}: {_shown(took)}", flush=True)
    return {what: statistics.median(ratios) for what, ratios in found.items()}


def _asked(sides: dict[str, Side], schemas: list[str], size: int) -> dict[str, float]:
    return run(sides["cities"], schemas[:size]) if size else run(sides[FIXED], schemas[:1])


def _shown(took: dict[int, dict[str, float]]) -> str:
    said = [
        f"{size or 'fixed'}: {took[size]['page'] / PAGES * 1000:.2f} ms, {took[size]['post'] / POSTS * 1000:.3f} ms"
        for size in sorted(took)
    ]
    return " | ".join(said)


def _host(number: int) -> str:
    return f"c{number:03}.example.cn"


if __name__ == "__main__":
    sys.exit(main())
