"""No key, view, trigger or function leaves its city but to the shared tables; and what a cluster asks of migrations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from xinglin.cities import current

pytestmark = pytest.mark.django_db

KEYS_THAT_LEAVE = """
    SELECT k.conname FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
    WHERE k.contype = 'f' AND k.connamespace = %s::regnamespace
      AND t.relnamespace NOT IN (%s::regnamespace, 'public'::regnamespace)
"""
TRIGGERS_THAT_LEAVE = """
    SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = %s::regnamespace AND p.pronamespace <> %s::regnamespace
"""
VIEWS_THAT_LEAVE = """
    SELECT v.relname FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class t ON t.oid = d.refobjid
    WHERE v.relkind = 'v' AND v.relnamespace = %s::regnamespace AND t.relnamespace <> %s::regnamespace
"""
DEFAULTS_THAT_LEAVE = """
    SELECT c.relname FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid
    JOIN pg_depend d ON d.objid = a.oid AND d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class t ON t.oid = d.refobjid
    WHERE c.relnamespace = %s::regnamespace AND t.relnamespace <> %s::regnamespace
"""
# What a cluster refuses in a schema that it places on one node, or what no copy of ours would bring along.
CLUSTER_REFUSES = {
    "children": "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE c.relnamespace = %s::regnamespace",
    "rules": "SELECT c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class"
    " WHERE c.relkind = 'r' AND c.relnamespace = %s::regnamespace",
    "foreign tables, materialised views": "SELECT relname FROM pg_class"
    " WHERE relkind IN ('f', 'm') AND relnamespace = %s::regnamespace",
    "unlogged tables": "SELECT relname FROM pg_class"
    " WHERE relkind = 'r' AND relpersistence <> 'p' AND relnamespace = %s::regnamespace",
    "row policies": "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = %s::regnamespace",
}
KEYS_TO_PUBLIC = """
    SELECT k.conname FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
    WHERE k.contype = 'f' AND k.connamespace = %s::regnamespace AND t.relnamespace = 'public'::regnamespace
"""
QUESTIONS = [KEYS_THAT_LEAVE, TRIGGERS_THAT_LEAVE, VIEWS_THAT_LEAVE, DEFAULTS_THAT_LEAVE]


def asked(question: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("schema", ["city_local", "city_tested", '"_template"'])
@pytest.mark.parametrize("question", QUESTIONS, ids=["keys", "triggers", "views", "defaults"])
def test_nothing_leaves_the_city(schema, question):
    assert asked(question, [schema, schema]) == []


@pytest.mark.parametrize("what", CLUSTER_REFUSES)
def test_a_city_holds_nothing_that_a_cluster_refuses(what):
    assert asked(CLUSTER_REFUSES[what], ["city_tested"]) == []


def test_not_even_what_is_shared_is_named_by_a_key():
    """So no table of the installation needs to be a reference table of a cluster."""
    assert asked(KEYS_TO_PUBLIC, ["city_tested"]) == []


def test_a_key_that_leaves_is_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (id bigint REFERENCES city_local.accounts_user (id))")

    assert asked(KEYS_THAT_LEAVE, ["city_tested", "city_tested"]) == ["stray_id_fkey"]


def test_no_function_names_a_schema_or_brings_a_path_of_its_own():
    bodies = asked("SELECT prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace", ["city_tested"])
    paths = asked(
        "SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace AND array_to_string(proconfig, ',')"
        " LIKE '%%search_path%%'",
        ["city_tested"],
    )

    assert bodies
    assert paths == []
    assert not [body for body in bodies if re.search(r"\b(city_\w+|_template|public)\s*\.", body)]


def test_only_what_cities_share_stands_in_public():
    tables = asked(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace", []
    )

    assert {re.match(r"cities|office|procrastinate|django_migrations", name)[0] for name in tables} == {
        "cities",
        "office",
        "procrastinate",
        "django_migrations",
    }


def test_a_name_in_public_hides_behind_none_in_a_city():
    both = asked(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'S') AND relnamespace = 'public'::regnamespace"
        " INTERSECT SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'S')"
        " AND relnamespace = 'city_tested'::regnamespace",
        [],
    )

    assert [name for name in both if not name.startswith("django_migrations")] == []


@pytest.mark.django_db(transaction=True)
def test_every_migration_of_a_city_sends_one_command_at_a_time():
    sent: list[str] = []

    def listen(execute, sql, params, many, context):
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with current.outside(), connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "_watched"')
    try:
        with current.entered(current.Place("_watched")), connection.execute_wrapper(listen):
            _migrate()
    finally:
        with current.outside(), connection.cursor() as cursor:
            cursor.execute('DROP SCHEMA "_watched" CASCADE')

    assert len(sent) > 100
    assert [sql for sql in sent if commands_in(sql) > 1] == []


def _migrate() -> None:
    from django.core.management import load_command_class

    command = Migrate()
    defaults = vars(load_command_class("django.core", "migrate").create_parser("", "migrate").parse_args([]))
    command.handle(**defaults | {"verbosity": 0, "interactive": False})


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("SELECT 1", 1),
        ("SELECT 1;", 1),
        ("SELECT ';'", 1),
        ("SELECT 1; SELECT 2", 2),
        ("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN x; y; END $$", 1),
        ("CREATE FUNCTION f() AS $post$ a; b; $post$; DROP TABLE x", 2),
        ("SELECT 1 -- a; b", 1),
        ("SELECT 1 /* a; b */", 1),
        ('SELECT ";"', 1),
    ],
)
def test_commands_are_counted_as_the_server_does(sql, count):
    assert commands_in(sql) == count


QUOTED = re.compile(r"(\$\w*\$).*?\1|'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


def commands_in(sql: str) -> int:
    """How many commands one execute holds, what is quoted or said aside not counted."""
    return len([command for command in QUOTED.sub(" q ", sql).split(";") if command.replace("q", "").strip()])
