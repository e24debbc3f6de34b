"""What a monitor counts: requests by route, status and time, and the connections of the pool.

Several web processes share the counters through small files in `PROMETHEUS_MULTIPROC_DIR`, which the launcher empties
and names before the first of them starts. Labels are bounded and hold nothing of people: the name of a route, never an
address; a method; a status.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
NO_CITY = "-"  # asked of the installation, or of a name that leads to no city
METHODS = frozenset({"GET", "HEAD", "POST"})
NO_ROUTE = "none"  # an address that leads nowhere: all such count as one
POOL_EVERY_S = 1.0
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FILE_OF_PROCESS = re.compile(r"_(\d+)\.db$")

REQUESTS = Counter("xinglin_requests", "Requests answered", ["city", "route", "method", "status"])
SECONDS = Histogram("xinglin_request_seconds", "Time until the answer was ready", ["route"], buckets=BUCKETS)
POOL = Gauge(
    "xinglin_pool_connections", "Database connections of all web processes", ["state"], multiprocess_mode="livesum"
)

View = Callable[[HttpRequest], HttpResponse]


class MetricsMiddleware:
    """Counts each answer and how long it took."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.pool_looked_at = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        ended = time.perf_counter()
        route = route_of(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(getattr(request, "city_slug", NO_CITY), route, method, str(response.status_code)).inc()
        SECONDS.labels(route).observe(ended - began)
        if ended - self.pool_looked_at > POOL_EVERY_S:
            self.pool_looked_at = ended
            _look_at_pool()
        return response


def route_of(request: HttpRequest) -> str:
    """The name that the address has in the URLconf, such as `activities:shift`."""
    match = request.resolver_match
    return (match.view_name or NO_ROUTE) if match else NO_ROUTE


def as_text(*more: Collector) -> bytes:
    """Everything counted in all web processes, and what the collectors given know of this moment."""
    registry = CollectorRegistry()
    folder = os.environ.get(FOLDER)
    if folder:
        _forget_dead_processes(Path(folder))
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for own in (REQUESTS, SECONDS, POOL):
            registry.register(own)
    for collector in more:
        registry.register(collector)
    return generate_latest(registry)


def _forget_dead_processes(folder: Path) -> None:
    """What a dead process counted stays counted; the connections that it held are gone."""
    for file in folder.glob("gauge_live*.db"):
        found = FILE_OF_PROCESS.search(file.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            file.unlink(missing_ok=True)


def _look_at_pool() -> None:
    pool = getattr(connection, "pool", None)  # Django's own, one per process
    if pool is None:
        return
    stats = pool.get_stats()
    POOL.labels("open").set(stats.get("pool_size", 0))
    POOL.labels("idle").set(stats.get("pool_available", 0))
    POOL.labels("most").set(stats.get("pool_max", 0))
    POOL.labels("requests_waiting").set(stats.get("requests_waiting", 0))
