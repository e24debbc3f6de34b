"""What the catalogue says of a schema, with the schema's own name left out: two that are alike read alike."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection

from xinglin.cities import current

# A condition that was read and printed once more has its casts elsewhere, and means the same.
CASTS = re.compile(r"::(?:character varying|text)(?:\(\d+\))?(?:\[\])?|[()]")
QUESTIONS = {
    "columns": "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
    " a.attgenerated, a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid), c.relpersistence,"
    " c.reloptions"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = %s::regnamespace",
    "constraints": "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), condeferrable, condeferred, convalidated"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = %s::regnamespace",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
    "triggers": "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = %s::regnamespace",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = %s::regnamespace",
    "views": "SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v'"
    " AND relnamespace = %s::regnamespace",
    "sequences": "SELECT s.relname, q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache, q.seqcycle,"
    " d.refobjid::regclass::text, d.refobjsubid, d.deptype FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid"
    " LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0"
    " WHERE s.relnamespace = %s::regnamespace",
    "privileges": "SELECT relname, x.privilege_type, pg_get_userbyid(x.grantee), x.is_grantable FROM pg_class,"
    " aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner))) x"
    " WHERE relkind IN ('r', 'p', 'v', 'S') AND relnamespace = %s::regnamespace",
}


def described(schema: str) -> dict[str, list[Any]]:
    """Question by question, each answer as sorted text."""
    with current.entered(current.Place(schema)), connection.cursor() as cursor:
        answers = {}
        for name, question in QUESTIONS.items():
            cursor.execute(question, [schema])
            answers[name] = sorted(CASTS.sub("", str(row).replace(f"{schema}.", "")) for row in cursor.fetchall())
    return answers


def rows(schema: str) -> dict[str, int]:
    """How many rows each table holds."""
    from xinglin.cities import copying

    with connection.cursor() as cursor:
        counts = {}
        for table in copying.tables(schema):
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts
