"""Bringing every schema up to date: the installation's own, the template, and each city, several at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

import django
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from xinglin.cities import current
from xinglin.cities.errors import OldHouse

PROCESSES = min(4, os.cpu_count() or 1)
QUIETLY = {"verbosity": 0, "interactive": False}


def refuse_old_house() -> None:
    """Tables of people in public are from before cities; a city beside them would hide them."""
    if _exists("public.accounts_user"):
        raise OldHouse


def make_template_schema() -> None:
    """The empty schema of the template, when there is none yet."""
    with current.outside(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(current.TEMPLATE_SCHEMA)))


def is_up_to_date(schema: str, labels: Collection[str] | None = None) -> bool:
    """Has this schema been through every migration (of these apps)? Django's own look costs a second."""
    return missing(schema, labels) == 0


def missing(schema: str, labels: Collection[str] | None = None) -> int:
    """How many migrations of the code this schema has not been through."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    wanted = {f"{label}.{name}" for label, name in known if labels is None or label in labels}
    return len(wanted - applied(schema))


def missing_in(schemas: Collection[str]) -> dict[str, int]:
    """How many migrations of the code each of these schemas lacks: one statement for all, however many there are."""
    known = {f"{label}.{name}" for label, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    done: dict[str, set[str]] = {schema: set() for schema in schemas}
    with current.outside(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'django_migrations'"
            " AND relnamespace::regnamespace::text = ANY(%s)",
            [list(schemas)],
        )
        standing = [name for (name,) in cursor.fetchall()]
        if standing:
            one = sql.SQL("SELECT {}, app || '.' || name FROM {}")
            rows = (one.format(sql.Literal(name), sql.Identifier(name, "django_migrations")) for name in standing)
            cursor.execute(sql.SQL(" UNION ALL ").join(rows))
            for schema, migration in cursor.fetchall():
                done[schema].add(migration)
    return {schema: len(known - names) for schema, names in done.items()}


def behind(schemas: Sequence[str]) -> list[str]:
    """Those that have not applied what the template has applied."""
    wanted = applied(current.TEMPLATE_SCHEMA)
    return [schema for schema in schemas if applied(schema) != wanted]


def applied(schema: str) -> set[str]:
    """The names of the migrations that a schema has been through."""
    if not _exists(f'"{schema}".django_migrations'):
        return set()
    with current.outside(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT app || '.' || name FROM {}").format(sql.Identifier(schema, "django_migrations")))
        return {name for (name,) in cursor.fetchall()}


def migrate_all(schemas: Sequence[str], *, processes: int, options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Migrate each, several at a time; yields each name when it is through, with what went wrong or nothing."""
    if processes == 1 or len(schemas) < 2:
        for schema in schemas:
            yield schema, migrate_one(schema, options)
        return
    database = connections["default"].settings_dict["NAME"]
    spawn = multiprocessing.get_context("spawn")  # threads and open connections would not survive a fork
    with ProcessPoolExecutor(min(processes, len(schemas)), spawn, _prepare, (str(database),)) as pool:
        waiting = {pool.submit(migrate_one, schema, options): schema for schema in schemas}
        for done in as_completed(waiting):
            yield waiting[done], _said(done.exception()) if done.exception() else done.result()


def migrate_one(schema: str, options: dict[str, Any]) -> str:
    """Django's own migrate inside one schema. Says what went wrong, or nothing."""
    try:
        with current.entered(current.Place(schema)):
            _command().handle(**options | QUIETLY)
    except Exception as trouble:
        return _said(trouble)
    return ""


def _command() -> Migrate:
    command = Migrate()
    command.requires_system_checks = []
    return command


def _prepare(database: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    django.setup()
    connections["default"].settings_dict["NAME"] = database


def _said(trouble: BaseException | None) -> str:
    """The first line: what follows in PostgreSQL's message may be the values of a row."""
    return f"{type(trouble).__name__}: {str(trouble).partition(chr(10))[0]}"


def _exists(table: str) -> bool:
    with current.outside(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])
