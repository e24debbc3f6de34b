"""SQL that makes a table append-only: used by migrations of every app that keeps rows which nobody may change.

One statement per string, because a cluster's coordinator refuses several commands in one execute.
"""

from __future__ import annotations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def protect(table: str) -> list[str]:
    """Statements that refuse UPDATE, DELETE and TRUNCATE on `table`, by privilege and by trigger."""
    return [
        f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER",
    ]


def unprotect(table: str) -> list[str]:
    """The way back, for reversing a migration."""
    return [
        f"DROP TRIGGER {table}_is_append_only ON {table}",
        f"DROP TRIGGER {table}_is_not_emptied ON {table}",
        f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER",
    ]
