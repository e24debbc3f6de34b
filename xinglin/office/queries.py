"""What operators look at: cities as sizes and states, the queue, versions, the trail. Never anything about a person.

Sizes and numbers of rows come from PostgreSQL's own statistics, so that no table of a city is opened for them.
"""

from __future__ import annotations

import datetime as dt
import platform
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import django
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http.request import validate_host

from xinglin.accounts import rules as typed
from xinglin.cities import current, migrating, routing
from xinglin.cities import queries as cities
from xinglin.cities.models import City
from xinglin.lib.backup import copies
from xinglin.office.errors import NoSuchOperator
from xinglin.office.models import Deed, Operator

LARGEST_TABLES = 12
SIZES = """
    SELECT n.nspname, sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n
    ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = ANY(%s) GROUP BY n.nspname
"""
TABLES = """
    SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables
    WHERE schemaname = %s ORDER BY 3 DESC, 1 LIMIT %s
"""
JOBS = """
    SELECT job.args ->> 'city', count(*) FILTER (WHERE job.status = 'todo'),
           count(*) FILTER (WHERE job.status = 'failed'),
           min(coalesce(job.scheduled_at, deferred.at)) FILTER (WHERE job.status = 'todo')
    FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_events AS deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
    WHERE job.args ->> 'city' = ANY(%s)
      AND (job.status = 'failed' OR job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s))
    GROUP BY 1
"""
EXTENSIONS = "SELECT extname, extversion FROM pg_extension ORDER BY extname"


@dataclass(frozen=True)
class Queue:
    """What waits for the worker in one city."""

    waiting: int = 0
    failed: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True)
class Seen:
    """One city as the console sees it: states and sizes."""

    city: City
    hosts: list[str]
    size_bytes: int
    migrations_missing: int
    queue: Queue
    backed_up_at: dt.datetime | None


@dataclass(frozen=True)
class Table:
    """How large one table is; the number of rows is PostgreSQL's estimate."""

    name: str
    rows: int
    size_bytes: int


@dataclass(frozen=True)
class Versions:
    """What runs here."""

    program: str
    python: str
    django: str
    postgresql: str
    extensions: list[tuple[str, str]]
    missing: dict[str, int]  # by place: the shared tables, the template, the cities that lack most


# Operators --------------------------------------------------------------------------------------------------------


def by_login_name(login_name: str) -> Operator | None:
    """The operator of this login name, in capitals or not, open or closed."""
    return Operator.objects.filter(login_name__iexact=typed.normal_login_name(login_name)).first()


def operator_named(login_name: str) -> Operator:
    """The same, or a refusal that says who there is: for whoever sits at the server."""
    operator = by_login_name(login_name)
    if operator is None:
        known = "、".join(Operator.objects.values_list("login_name", flat=True)) or "–"
        raise NoSuchOperator(login_name=login_name, known=known)
    return operator


def every_operator() -> QuerySet[Operator]:
    """All, the closed ones too."""
    return Operator.objects.all()


def codes_left(operator: Operator) -> int:
    """How many recovery codes can still be used."""
    return operator.recovery_codes.filter(used_at=None).count()


# Cities -----------------------------------------------------------------------------------------------------------


def every_city() -> QuerySet[City]:
    """All cities with their host names, in the order they were made."""
    found: QuerySet[City] = cities.every_city().prefetch_related("domains")
    return found


def seen(found: Sequence[City], *, at: dt.datetime) -> list[Seen]:
    """These cities with sizes and states: a handful of statements, however many there are."""
    schemas = [city.schema_name for city in found]
    sizes, queues, missing = _sizes(schemas), _queues(schemas, at=at), migrating.missing_in(schemas)
    backups = _backups()
    return [
        Seen(
            city=city,
            hosts=[name.domain for name in sorted(city.domains.all(), key=lambda name: (not name.is_primary, name.pk))],
            size_bytes=sizes.get(city.schema_name, 0),
            migrations_missing=missing[city.schema_name],
            queue=queues.get(city.schema_name, Queue()),
            backed_up_at=max((made for made in (backups.get(""), backups.get(city.schema_name)) if made), default=None),
        )
        for city in found
    ]


def largest_tables(city: City) -> list[Table]:
    """The tables that take most room, with PostgreSQL's estimate of their rows."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [city.schema_name, LARGEST_TABLES])
        return [Table(*row) for row in cursor.fetchall()]


def is_heard(host: str) -> bool:
    """Does the site listen to this host name? It must also stand in XINGLIN_ALLOWED_HOSTS."""
    return validate_host(host.lower(), settings.ALLOWED_HOSTS)


# The installation -------------------------------------------------------------------------------------------------


def versions() -> Versions:
    """Program, interpreter, server and migrations."""
    schemas = [city.schema_name for city in cities.every_city()]
    missing = migrating.missing_in([current.TEMPLATE_SCHEMA, *schemas])
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute(EXTENSIONS)
        extensions = cursor.fetchall()
    behind = {"public": migrating.missing(current.PUBLIC, routing.SHARED), **missing}
    return Versions(
        program=_program(),
        python=platform.python_version(),
        django=django.get_version(),
        postgresql=server,
        extensions=extensions,
        missing={current.slug_of(schema): count for schema, count in behind.items() if count},
    )


def deeds() -> QuerySet[Deed]:
    """The trail of operators, newest first."""
    return Deed.objects.all()


def names_of(found: Collection[Deed]) -> dict[str, str]:
    """The login names behind the codes of these deeds."""
    codes = {deed.actor_code for deed in found} | {deed.thing.partition(":")[2] for deed in found}
    return dict(Operator.objects.filter(code__in=codes).values_list("code", "login_name"))


def _sizes(schemas: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [schemas])
        return dict(cursor.fetchall())


def _queues(schemas: list[str], *, at: dt.datetime) -> dict[str, Queue]:
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [schemas, at])
        return {
            schema: Queue(waiting, failed, max(0.0, (at - oldest).total_seconds()) if oldest else 0.0)
            for schema, waiting, failed, oldest in cursor.fetchall()
        }


def _backups() -> dict[str, dt.datetime]:
    """When the newest verified backup of each schema was made; the empty name is of all of them."""
    found: dict[str, dt.datetime] = {}
    for copy in copies.all_in(settings.BACKUPS):
        if copy.is_verified and copy.kind != "base":
            found[copy.schema] = copy.made_at
    return found


def _program() -> str:
    """As the bundle or the checkout says; nothing of the project is installed as a package."""
    bundled = settings.BASE_DIR / "VERSION"
    if bundled.is_file():
        return bundled.read_text(encoding="ascii").strip()
    said = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(said["project"]["version"])
