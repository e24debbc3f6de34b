"""Jobs know their city: each carries the city it was deferred in, and the worker enters that one before running it.

The queue's tables stand in public, one worker serves all cities, and a job commits or rolls back with the city's own
rows. A periodic job is one small job for the clock, which defers one for each open city.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from xinglin.cities import current, queries

SPREAD = ".everywhere"
OUTSIDE = ".outside"


class CityTask:
    """A task of a city. Called, it runs here and now; deferred, it runs later, in the city it was deferred in."""

    def __init__(self, function: Callable[..., Any], *, name: str) -> None:
        self.function, self.name = function, name
        self.__doc__ = function.__doc__
        self._task = app.task(name=name, pass_context=False)(self._run)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)

    def defer(self, *, lock: str | None = None, **arguments: Any) -> bool:
        """Put it into the queue with the transaction one is in. With a `lock`, at most one waits in this city."""
        schema = current.demand().schema_name
        task = app.configure_task(self.name, queueing_lock=f"{schema}:{lock}" if lock else None)
        try:
            with transaction.atomic():  # or the transaction one is in would be lost with the job that waits already
                task.defer(city=schema, **arguments)
        except AlreadyEnqueued:
            return False
        return True

    def _run(self, *, city: str, **arguments: Any) -> Any:
        """What the worker calls. A job without a city is refused by Python; one of a closed or unknown city here."""
        with current.outside():
            place = queries.by_schema(city)
        with current.entered(place):
            return self.function(**arguments)


def task(*, name: str) -> Callable[[Callable[..., Any]], CityTask]:
    """`@jobs.task(name="recognition.grant")`: something that a city does later."""
    return lambda function: CityTask(function, name=name)


def of_the_installation(*, cron: str, name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """`@jobs.of_the_installation(cron="…", name="…")`: done once by the clock, outside of all cities."""

    def decorate(function: Callable[[], Any]) -> Callable[[], Any]:
        @app.periodic(cron=cron)
        @app.task(name=name + OUTSIDE, queueing_lock=name + OUTSIDE, pass_context=False)
        def outside(timestamp: int) -> None:
            with current.outside():
                function()

        return function

    return decorate


def periodic(*, cron: str, name: str) -> Callable[[Callable[..., Any]], CityTask]:
    """`@jobs.periodic(cron="* * * * *", name="…")`: something that every open city does by the clock."""

    def decorate(function: Callable[..., Any]) -> CityTask:
        in_city = CityTask(function, name=name)

        @app.periodic(cron=cron)
        @app.task(name=name + SPREAD, queueing_lock=name + SPREAD, pass_context=False)
        def everywhere(timestamp: int) -> None:
            with current.outside():
                cities = queries.open_cities()
            for city in cities:
                with current.entered(city):
                    in_city.defer(lock=name, timestamp=timestamp)

        return in_city

    return decorate
