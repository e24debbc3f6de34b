"""Copying a schema: what stands in the template is made again under another name, from PostgreSQL's own catalogue.

Everything that a migration can make is copied: tables with identity columns and defaults, sequences with where they
stand, functions, constraints, indexes, views, triggers, privileges, and the rows that migrations
wrote. Each statement is sent alone, because a cluster's coordinator refuses several in one.

The order matters: sequences and functions before the tables that name them; rows before what would check or refuse
them; foreign keys after the keys that they point to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from psycopg import sql

from xinglin.cities import current

TABLES = "relkind IN ('r', 'p')"
STANDS_IN = "relnamespace = %s::regnamespace"


def copy(*, source: str, target: str, with_rows: bool = True) -> None:
    """Make `target` like `source`. Everything or, in the caller's transaction, nothing."""
    plan = Plan(source, target)
    plan.build_tables()
    if with_rows:
        plan.copy_rows()
    plan.finish()


class Plan:
    """The copying of one schema, in the steps between which rows may be put in."""

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target

    def build_tables(self) -> None:
        """The bare tables: columns and defaults, with nothing yet that would check or refuse a row."""
        self._run([f"CREATE SCHEMA {_quoted(self.target)}"])
        self._run(self._read(_sequences))
        self._run(["SET LOCAL check_function_bodies = off"])  # they name tables that come later
        self._run(self._read(_functions))
        self._run(self._read(_tables))
        self._run(self._read(_owned_sequences))

    def copy_rows(self) -> None:
        """What migrations wrote: texts, content types, and which migrations these were."""
        with connection.cursor() as cursor:
            for table, columns in tables(self.source).items():
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                cursor.execute(
                    sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                        sql.Identifier(self.target, table), names, names, sql.Identifier(self.source, table)
                    )
                )
        set_sequences(self.target, sequences(self.source))

    def finish(self) -> None:
        """Constraints, indexes, views, triggers and privileges: from here on the database decides."""
        for read in (_keys, _foreign_keys, _indexes, _views, _triggers, _privileges):
            self._run(self._read(read))

    def _read(self, what: Any) -> list[str]:
        """Statements that make `what` again. With the source first in the path, the catalogue writes its names bare."""
        with current.entered(current.Place(self.source)), connection.cursor() as cursor:
            return list(what(cursor, self.source, self.target))

    def _run(self, statements: Iterable[str]) -> None:
        with current.entered(current.Place(self.target)), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def tables(schema: str) -> dict[str, list[str]]:
    """Every table of a schema with its columns, but those that are computed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a"
            " ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
            f" WHERE {TABLES} AND {STANDS_IN} GROUP BY c.oid, c.relname ORDER BY c.relname",
            [_quoted(schema)],
        )
        return dict(cursor.fetchall())


def sequences(schema: str) -> dict[str, tuple[int, bool]]:
    """Where every sequence of a schema stands."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname FROM pg_class WHERE relkind = 'S' AND {STANDS_IN}", [_quoted(schema)])
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, name)))
            found[name] = cursor.fetchone()
    return found


def set_sequences(schema: str, values: dict[str, tuple[int, bool]]) -> None:
    """Let every sequence go on from there."""
    with connection.cursor() as cursor:
        for name, (value, is_called) in values.items():
            cursor.execute(
                "SELECT setval(%s::regclass, %s, %s)", [f"{_quoted(schema)}.{_quoted(name)}", value, is_called]
            )


# What the catalogue says, as statements -----------------------------------------------------------------------------


def _sequences(cursor: Any, source: str, target: str) -> Iterator[str]:
    """Those that stand alone or belong to a default; an identity column brings its own."""
    cursor.execute(
        "SELECT s.relname, format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache,"
        f" q.seqcycle FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid WHERE {STANDS_IN}"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = s.oid AND d.classid = 'pg_class'::regclass"
        " AND d.refobjsubid > 0 AND d.deptype = 'i') ORDER BY s.oid",
        [_quoted(source)],
    )
    for name, kind, increment, least, most, start, cache, cycles in cursor.fetchall():
        yield (
            f"CREATE SEQUENCE {_quoted(name)} AS {kind} INCREMENT BY {increment} MINVALUE {least} MAXVALUE {most}"
            f" START WITH {start} CACHE {cache} {'CYCLE' if cycles else 'NO CYCLE'}"
        )


def _functions(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = %s::regnamespace AND prokind <> 'a'"
        " ORDER BY oid",
        [_quoted(source)],
    )
    for (definition,) in cursor.fetchall():
        yield _bare(definition, source)


def _tables(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        "SELECT c.relname, c.relpersistence, c.reloptions, array_agg(quote_ident(a.attname) || ' ' ||"
        " format_type(a.atttypid, a.atttypmod)"
        " || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END"
        " || CASE WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid)"
        "      || ') STORED' WHEN d.oid IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END"
        " || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
        " || CASE a.attidentity WHEN '' THEN '' ELSE (SELECT ' GENERATED '"
        "      || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END || ' AS IDENTITY (SEQUENCE NAME '"
        "      || quote_ident(s.relname) || ' INCREMENT BY ' || q.seqincrement || ' MINVALUE ' || q.seqmin"
        "      || ' MAXVALUE ' || q.seqmax || ' START WITH ' || q.seqstart || ' CACHE ' || q.seqcache"
        "      || CASE WHEN q.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END || ')'"
        "      FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid"
        "      JOIN pg_depend p ON p.objid = s.oid AND p.deptype = 'i' AND p.classid = 'pg_class'::regclass"
        "      WHERE p.refobjid = c.oid AND p.refobjsubid = a.attnum) END ORDER BY a.attnum)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " JOIN pg_type t ON t.oid = a.atttypid"
        " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
        f" WHERE {TABLES} AND {STANDS_IN} GROUP BY c.oid ORDER BY c.oid",
        [_quoted(source)],
    )
    for name, persistence, options, columns in cursor.fetchall():
        kind = "UNLOGGED TABLE" if persistence == "u" else "TABLE"
        tuned = f" WITH ({', '.join(options)})" if options else ""
        yield f"CREATE {kind} {_quoted(name)} ({', '.join(columns)}){tuned}"


def _owned_sequences(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        "SELECT s.relname, c.relname, a.attname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid"
        " AND d.classid = 'pg_class'::regclass AND d.deptype = 'a' JOIN pg_class c ON c.oid = d.refobjid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid"
        " WHERE s.relkind = 'S' AND s.relnamespace = %s::regnamespace ORDER BY s.oid",
        [_quoted(source)],
    )
    for name, table, column in cursor.fetchall():
        yield f"ALTER SEQUENCE {_quoted(name)} OWNED BY {_quoted(table)}.{_quoted(column)}"


def _keys(cursor: Any, source: str, target: str) -> Iterator[str]:
    return _constraints(cursor, source, "contype IN ('p', 'u', 'x', 'c')")


def _foreign_keys(cursor: Any, source: str, target: str) -> Iterator[str]:
    return _constraints(cursor, source, "contype = 'f'")


def _constraints(cursor: Any, source: str, which: str) -> Iterator[str]:
    cursor.execute(
        "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
        f" JOIN pg_class c ON c.oid = k.conrelid WHERE {which} AND k.connamespace = %s::regnamespace ORDER BY k.oid",
        [_quoted(source)],
    )
    for table, name, definition in cursor.fetchall():
        yield f"ALTER TABLE {_quoted(table)} ADD CONSTRAINT {_quoted(name)} {definition}"


def _indexes(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        f" WHERE {TABLES} AND {STANDS_IN} AND NOT EXISTS (SELECT 1 FROM pg_constraint k"
        " WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) ORDER BY i.indexrelid",
        [_quoted(source)],
    )
    for (definition,) in cursor.fetchall():
        yield _bare(definition, source)


def _views(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        f"SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND {STANDS_IN} ORDER BY oid",
        [_quoted(source)],
    )
    for name, definition in cursor.fetchall():
        yield f"CREATE VIEW {_quoted(name)} AS {definition}"


def _triggers(cursor: Any, source: str, target: str) -> Iterator[str]:
    cursor.execute(
        "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        f" WHERE NOT t.tgisinternal AND {STANDS_IN} ORDER BY t.oid",
        [_quoted(source)],
    )
    for (definition,) in cursor.fetchall():
        yield _bare(definition, source)


def _privileges(cursor: Any, source: str, target: str) -> Iterator[str]:
    """Where a migration took something away or gave it, the whole list is written anew."""
    cursor.execute(
        "SELECT relname, relkind, ARRAY(SELECT DISTINCT CASE WHEN x.grantee = 0 THEN 'PUBLIC'"
        " ELSE quote_ident(pg_get_userbyid(x.grantee)) END || ' ' || x.privilege_type FROM aclexplode(relacl) x),"
        f" quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE relacl IS NOT NULL AND {STANDS_IN}"
        " AND relkind IN ('r', 'p', 'v', 'S') ORDER BY oid",
        [_quoted(source)],
    )
    for name, kind, grants, owner in cursor.fetchall():
        what = f"{'SEQUENCE' if kind == 'S' else 'TABLE'} {_quoted(name)}"
        yield f"REVOKE ALL ON {what} FROM {owner}, PUBLIC"
        for grant in sorted(grants):
            grantee, _, privilege = grant.rpartition(" ")
            yield f"GRANT {privilege} ON {what} TO {grantee}"


def _bare(definition: str, source: str) -> str:
    """Some definitions always name the schema: without it, they go where the path leads."""
    named = f"{_quoted(source)}."
    assert source not in definition.replace(named, ""), "a definition names its schema in a way that cannot be copied"
    return definition.replace(named, "")


def _quoted(name: str) -> str:
    """As PostgreSQL's quote_ident: quoted only where it must be, so that it matches what the catalogue prints."""
    plain = name.replace("_", "a").isalnum() and name.isascii() and name == name.lower() and not name[0].isdigit()
    return name if plain and name not in RESERVED else '"' + name.replace('"', '""') + '"'


RESERVED = frozenset({"user", "order", "group", "table", "column", "end", "from", "to", "limit", "offset", "default"})
