"""One import of `import.py`, in a process of its own and a database of its own: ours or the rival's."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from benchmarks import _import_openpyxl, _import_roster
from benchmarks._side import serve

SLUG = "bench"


def prepare(told: dict[str, Any]) -> Callable[[Any], Any]:
    """Once with `plant`: an empty city with its teams. Otherwise, be in it."""
    django.setup()
    if told.get("plant"):
        plant()
    enter()
    ways = {"ours": ours, "rival": _import_openpyxl.run}

    def answer(way: str) -> dict[str, Any]:
        seconds = ways[way](Path(told["roster"]))
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"seconds": seconds, "peak_mb": peak_kb / 1024, "rows": rows()}

    return answer


def ours(path: Path) -> float:
    """From the file to the rows, by what the command and the job call."""
    from xinglin.lib import clock
    from xinglin.people import importing

    began = time.perf_counter()
    outcome = importing.import_roster(table=importing.open_roster(path), at=clock.now())
    took = time.perf_counter() - began
    assert not outcome.back, f"{len(outcome.back)} lines refused: {outcome.per_reason}"
    return took


def rows() -> dict[str, int]:
    """What stands in the database afterwards: the same for both."""
    from xinglin.accounts.models import User
    from xinglin.organisation.models import Role
    from xinglin.people.models import Membership, Person, Volunteer

    return {model.__name__: model.objects.count() for model in (User, Person, Volunteer, Membership, Role)}


def plant() -> None:
    from django.core.management import call_command

    from xinglin.cities import actions, current
    from xinglin.lib import clock
    from xinglin.organisation import actions as organisation

    call_command("migrate", verbosity=0, interactive=False)
    with current.outside():
        city = actions.create(slug=SLUG, name="测速", hosts=["bench.example.cn"], at=clock.now())
    with current.entered(city):
        plain: dict[str, Any] = {"actor": None, "at": clock.now()}
        root = organisation.add_unit(name="滨州市卫生健康委员会", kind="bureau", parent=None, **plain)
        for number in range(1, _import_roster.TEAMS + 1):
            organisation.add_unit(name=_import_roster.team(number), kind="team", parent=root, **plain)


def enter() -> None:
    from django.db import connections

    from xinglin.cities import current, queries

    with current.outside():
        current.make_home(queries.by_schema(f"city_{SLUG}"))
    connections.close_all()


if __name__ == "__main__":
    serve(prepare)
