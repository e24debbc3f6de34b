"""What a database holds: rows of each table, the end of each append-only one, its migrations, its version.

Taken in the same snapshot as the dump, so that what is restored from it must be equal, to the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

Facts = dict[str, Any]

CITIES = "public.cities_city"
CITY_PREFIX = "city_"  # of the schema of the city `ruian`

TABLES = """
SELECT n.nspname, c.relname,
       EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change')
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
   AND (%(schema)s::text IS NULL OR n.nspname = %(schema)s)
 ORDER BY 1, 2
"""
# The last row as text, summed: of a ledger it is the head that everything before it leads to.
HEAD = """
SELECT id::bigint, encode(sha256(convert_to(t::text, 'UTF8')), 'hex') FROM {} t ORDER BY id DESC LIMIT 1
"""


def gather(connection: psycopg.Connection[Any], *, schema: str | None = None) -> Facts:
    """Everything that is compared later."""
    connection.execute("SELECT set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false)")
    rows: dict[str, int] = {}
    heads: dict[str, list[Any]] = {}
    migrations: dict[str, list[str]] = {}
    for space, table, keeps_all in connection.execute(TABLES, {"schema": schema}).fetchall():
        name, place = f"{space}.{table}", sql.Identifier(space, table)
        rows[name] = _one(connection, sql.SQL("SELECT count(*) FROM {}").format(place))[0]
        if keeps_all and rows[name]:
            heads[name] = list(_one(connection, sql.SQL(HEAD).format(place)))
        if table == "django_migrations":
            done = connection.execute(sql.SQL("SELECT app, name FROM {} ORDER BY app, name").format(place))
            migrations[space] = [f"{app}.{migration}" for app, migration in done.fetchall()]
    return {"rows": rows, "heads": heads, "migrations": migrations}


def about_server(connection: psycopg.Connection[Any]) -> Facts:
    """Whose data it is and how much."""
    size, role = _one(connection, sql.SQL("SELECT pg_database_size(current_database()), current_user"))
    version = connection.info.server_version
    return {"server": f"{version // 10000}.{version % 10000}", "database_bytes": size, "role": role}


def differences(expected: Facts, found: Facts) -> Iterator[str]:
    """What is not as it was, as words."""
    for kind in ("rows", "heads", "migrations"):
        for name in sorted({*expected[kind], *found[kind]}):
            if expected[kind].get(name) != found[kind].get(name):
                yield f"{kind} {name}: {_shown(expected[kind].get(name))} → {_shown(found[kind].get(name))}"


def schemas(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'").fetchall()]


def open_cities(connection: psycopg.Connection[Any]) -> list[str]:
    """The schemas of the cities that work."""
    if not _has_cities(connection):
        return []
    return [row[0] for row in connection.execute(f"SELECT schema_name FROM {CITIES} WHERE state = 'open'").fetchall()]


def keys_of_city(connection: psycopg.Connection[Any], schema: str) -> str:
    """Which keys a city's numbers are sealed with, by a sum of how they lie there, sealed themselves; else nothing."""
    if not _has_cities(connection):
        return ""
    query = f"SELECT encode(sha256(sealing_key || index_key), 'hex') FROM {CITIES} WHERE schema_name = %s"
    row = connection.execute(query, [schema]).fetchone()
    return str(row[0]) if row else ""


def _has_cities(connection: psycopg.Connection[Any]) -> bool:
    return bool(_one(connection, sql.SQL("SELECT to_regclass({}) IS NOT NULL").format(sql.Literal(CITIES)))[0])


def is_empty(connection: psycopg.Connection[Any]) -> bool:
    """Whether no table of anybody's stands in it."""
    return not connection.execute(TABLES, {"schema": None}).fetchall()


def _one(connection: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def _shown(value: Any) -> Any:
    return f"{len(value)} migrations" if isinstance(value, list) and len(value) > 2 else value
