"""The verbs of cities: making one, naming it, closing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from xinglin.cities import copying, current, keys, queries, rules
from xinglin.cities.errors import BadHost, BadSlug, HostOfConsole, HostTaken, NoSuchHost, SlugTaken
from xinglin.cities.models import City, Hostname

ONE_AT_A_TIME = 0x58_4C_43_49_54_59  # the advisory lock of whoever makes or migrates cities


def create(
    *, slug: str, name: str, at: dt.datetime, division_code: str = "", hosts: Sequence[str] = (), time_zone: str = ""
) -> City:
    """A new city with its own keys: the template, copied. Stands completely or not at all."""
    with current.outside(), transaction.atomic():
        take_turn()
        refuse_slug(slug=slug)
        copying.copy(source=current.TEMPLATE_SCHEMA, target=current.PREFIX + slug)
        city = register(
            slug=slug, name=name, division_code=division_code, time_zone=time_zone, secrets=keys.new(), at=at
        )
        for host in hosts:
            add_host(city=city, host=host)
    queries.forget()
    return city


def register(
    *, slug: str, name: str, secrets: keys.Keys, at: dt.datetime, division_code: str = "", time_zone: str = ""
) -> City:
    """Write down a city whose schema stands already."""
    schema = current.PREFIX + slug
    city: City = City.objects.create(
        schema_name=schema,
        name=name,
        division_code=division_code,
        time_zone=time_zone or "Asia/Shanghai",
        created_at=at,
        **keys.wrap(secrets, schema=schema),
    )
    return city


def add_host(*, city: City, host: str) -> Hostname:
    """Let a host name lead to this city. The first one is its main name."""
    domain = rules.normal_host(host)
    if not rules.is_host(domain):
        raise BadHost(host=host)
    if queries.is_console(domain):
        raise HostOfConsole(host=domain)
    with current.outside(), transaction.atomic():
        owner: Hostname | None = Hostname.objects.filter(domain=domain).first()
        if owner is not None and owner.tenant_id != city.pk:
            raise HostTaken(host=domain)
        if owner is None:
            is_first = not Hostname.objects.filter(tenant=city).exists()
            owner = Hostname.objects.create(domain=domain, tenant=city, is_primary=is_first)
    assert owner is not None
    queries.forget()
    return owner


def remove_host(*, city: City, host: str) -> None:
    """Let a host name lead here no more. When it was the main name, the oldest of the others becomes it."""
    domain = rules.normal_host(host)
    with current.outside(), transaction.atomic():
        gone, _rows = Hostname.objects.filter(domain=domain, tenant=city).delete()
        if not gone:
            raise NoSuchHost(host=domain)
        left = Hostname.objects.filter(tenant=city).order_by("pk")
        if not left.filter(is_primary=True).exists():
            Hostname.objects.filter(pk__in=left.values("pk")[:1]).update(is_primary=True)
    queries.forget()


def replace_signing_key(*, city: City, secret: bytes) -> None:
    """Let the city sign with another key from now on. Whoever keeps the old public key has it from elsewhere."""
    with current.outside(), transaction.atomic():
        City.objects.filter(pk=city.pk).update(**keys.wrap_signing(secret, schema=city.schema_name))
        city.refresh_from_db()
    queries.forget()


def close(*, city: City, at: dt.datetime) -> City:
    """Show its pages to nobody and run none of its jobs. Nothing is deleted; it can still be exported."""
    with current.outside():
        City.objects.filter(pk=city.pk, state=City.State.OPEN).update(state=City.State.CLOSED, closed_at=at)
        city.refresh_from_db()
    queries.forget()
    return city


def reopen(*, city: City) -> City:
    """Show its pages again and run its jobs."""
    with current.outside():
        City.objects.filter(pk=city.pk).update(state=City.State.OPEN, closed_at=None)
        city.refresh_from_db()
    queries.forget()
    return city


def refuse_slug(*, slug: str) -> None:
    """Refuse a name that would not do or is taken, also by a schema that is no city."""
    if not rules.is_slug(slug):
        raise BadSlug(slug=slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [current.PREFIX + slug])
        if cursor.fetchone():
            raise SlugTaken(slug=slug)


def take_turn() -> None:
    """Until the end of the transaction nobody else makes a city, so that none is copied from half a template."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
