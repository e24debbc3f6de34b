"""Reading cities: which there are, and which one a host name leads to."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from xinglin.cities import current, rules
from xinglin.cities.errors import CityClosed, NoSuchCity, WhichCity
from xinglin.cities.models import City, Hostname

REMEMBERED_S = 5.0  # how long after a change of names another process may still answer as before


def every_city() -> QuerySet[City]:
    """All, in the order they were made."""
    found: QuerySet[City] = City.objects.all()
    return found


def open_cities() -> list[City]:
    """Those whose pages are shown and whose jobs run."""
    return list(City.objects.filter(state=City.State.OPEN))


def by_slug(slug: str) -> City:
    """The city of this name, open or closed; refuses with the names that there are."""
    found: City | None = City.objects.filter(schema_name=current.PREFIX + current.slug_of(slug)).first()
    if found is None:
        raise NoSuchCity(slug=slug, known=_known(every_city()))
    return found


def by_schema(schema_name: str) -> City:
    """The open city of this schema, for a job that carries its name."""
    city = by_slug(current.slug_of(schema_name))
    if not city.is_open:
        raise CityClosed(slug=city.slug)
    return city


def the_only_city() -> City:
    """Where nobody says which: the one open city, or a refusal that names them all."""
    found = open_cities()
    if len(found) != 1:
        raise WhichCity(known=_known(found))
    return found[0]


def city_of_host(host: str) -> City | None:
    """Where a request for this host name goes. Remembered for some seconds, because every request asks."""
    directory = _remembered()
    return rules.led_to(
        rules.normal_host(host),
        by_host=directory.by_host,
        open_cities=directory.open_cities,
        is_demo=settings.MODE == "demo",
    )


def is_console(host: str) -> bool:
    """Does this name lead to the installation's console? Where none is set, there is no console."""
    return bool(settings.CONSOLE_HOST) and rules.normal_host(host) == settings.CONSOLE_HOST


def is_named(host: str) -> bool:
    """Does this very name belong to a city?"""
    return rules.normal_host(host) in _remembered().by_host


def forget(*, but: Directory | None = None) -> None:
    """Look again: a city or a name has changed. Tests go back to what they knew at first."""
    global _directory
    _directory = replace(but, read_at=math.inf) if but else None


def look_up() -> Directory:
    """Names and cities as they are now."""
    with current.outside():
        cities = {city.pk: city for city in every_city()}
        names = Hostname.objects.values_list("domain", "tenant_id")
        by_host = {domain: cities[tenant_id] for domain, tenant_id in names if tenant_id in cities}
    return Directory([city for city in cities.values() if city.is_open], by_host)


@dataclass(frozen=True)
class Directory:
    """Names and cities as they were a moment ago."""

    open_cities: list[City]
    by_host: dict[str, City]
    read_at: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < REMEMBERED_S


_directory: Directory | None = None


def _remembered() -> Directory:
    global _directory
    directory = _directory
    if directory is None or not directory.is_fresh:
        directory = _directory = look_up()
    return directory


def _known(cities: Iterable[Any]) -> str:
    return "、".join(city.slug for city in cities) or "–"
