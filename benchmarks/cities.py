"""`make bench-cities`: what many cities cost a page and a posting in the ledger, against one fixed schema.

Two processes on the same cluster, which keeps what it acknowledges (fsync on), in the same run: ours, led from city to
city by host name, and the rival, to whom one schema is fixed by its connection (`_fixed_schema.py`). A short batch of
one and a short batch of the other make a pair, so that whatever else the machine does falls on both; which goes
first changes from round to round. The ratio is taken within each pair, the median of all pairs counts. With 100 cities
each comes in its turn, so that every single request and every single posting changes the city.

  page   a volunteer's first page
  post   a posting as somebody makes it: one minute given to the pool by the page for it; session, permission,
         transaction, ledger, trail, answer
  call   the bare call of the ledger's function with one transfer, outside of any transaction and with nothing around:
         the most that a change of city can be seen. Nothing in the house posts like that (work posts by batches), so it
         is printed, and has no goal.

The last line has the worse of `page` and `post` in 100 cities as the ratio.
"""

from __future__ import annotations

import itertools
import os
import secrets
import statistics
import sys
import time

from benchmarks import _cluster
from benchmarks._side import Side

MOST = 100
SIZES = (1, 10, 100)
ROUNDS = int(os.environ.get("ROUNDS", "120"))
DEEDS = {"page": 10, "post": 10, "call": 40}  # so many in a batch: about a tenth of a second
COUNTED = ("page", "post")
WARM = 8  # each deed so often in each city before anything counts
TOLD_EVERY = 20
MADE_ANEW = 7  # of the cities, so many are made and timed; the others are copies of the first with its rows
MINUTES_TO_GIVE = 6_000  # twenty times: enough for a minute in each of the postings
GOAL = 0.93
FIXED = "fixed"


def main() -> int:
    """Build, warm up, measure, say."""
    with _cluster.folder(XINGLIN_ALLOWED_HOSTS=".example.cn") as var, _cluster.cluster(var) as cluster:
        os.environ["DATABASE_URL"] = cluster.url()
        create_s, cities = build()
        print(f"{len(cities)} cities; a new one in {create_s:.2f} s (median of {MADE_ANEW})", flush=True)
        sides = {FIXED: side(FIXED, cities[:1]), "cities": side("cities", cities)}
        found = measure(sides, [city["schema"] for city in cities])
        for one in sides.values():
            one.end()
    for (kind, size), ratios in found.items():
        print(f"{kind} in {size} cities: ratio {_spread(ratios)}")
    at_most = {kind: statistics.median(found[kind, MOST]) for kind in DEEDS}
    worst = min(at_most[kind] for kind in COUNTED)
    print(f"cities ratio={worst:.3f} create_s={create_s:.2f} call={at_most['call']:.3f}")
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
        credit(volunteer.person, MINUTES_TO_GIVE, key=f"record:{secrets.token_hex(4)}")


def side(name: str, cities: list[dict[str, str]]) -> Side:
    """One of the two processes."""
    settings = "benchmarks._fixed_schema" if name == FIXED else "xinglin.settings"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "FIXED_SCHEMA": cities[0]["schema"]}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks._cities_runner", name]
    return Side(command, environment, told={"cities": cities})


def measure(sides: dict[str, Side], schemas: list[str]) -> dict[tuple[str, int], list[float]]:
    """The rival's time over ours for each pair of batches, by kind of deed and number of cities."""
    for one, few in ((sides[FIXED], schemas[:1]), (sides["cities"], schemas)):
        for kind in DEEDS:
            one.ask({"kind": kind, "schemas": few * (WARM * MOST // len(few))})
    turns = {size: itertools.cycle(schemas[:size]) for size in SIZES}
    found: dict[tuple[str, int], list[float]] = {(kind, size): [] for kind in DEEDS for size in SIZES}
    for number in range(ROUNDS):
        for kind, count in DEEDS.items():
            for size in SIZES if number % 4 < 2 else reversed(SIZES):
                ours = list(itertools.islice(turns[size], count))
                pair = [(sides["cities"], ours), (sides[FIXED], schemas[:1] * count)]
                took = {one: one.ask({"kind": kind, "schemas": where}) for one, where in pair[:: 1 - number % 2 * 2]}
                found[kind, size].append(took[sides[FIXED]] / took[sides["cities"]])
        if (number + 1) % TOLD_EVERY == 0:
            said = [f"{kind} {size}: {_spread(ratios)}" for (kind, size), ratios in found.items()]
            print(f"round {number + 1}, load {os.getloadavg()[0]:.1f}: {' | '.join(said)}", flush=True)
    return found


def _spread(ratios: list[float]) -> str:
    """The median, and the quarters below and above which the others lie: how much the machine was at other things."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.3f} ({low:.2f}–{high:.2f})"


def _host(number: int) -> str:
    return f"c{number:03}.example.cn"


if __name__ == "__main__":
    sys.exit(main())
