"""What a migration does to the code that still runs while it runs, and after it until the restart.

The old code goes on reading and writing its tables as it knows them. So nothing it names may vanish or change its kind,
what it does not name must fill itself, and no table in use may be locked for as long as an index takes to build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

# The last migration of each app that has been released. Whatever comes after it is judged.
RELEASED = {
    "accounts": "0002_end_sessions_and_ignore_case",
    "activities": "0002_add_sign_up_deadline",
    "audit": "0002_refuse_change_to_entries",
    "cities": "0001_make_cities",
    "diary": "0001_initial",
    "hours": "0002_refuse_overlapping_records",
    "organisation": "0001_initial",
    "people": "0003_write_first_texts",
    "projects": "0001_initial",
    "timebank": "0002_guard_and_post",
}
REASON = "safe_because"  # class attribute of a migration: one sentence, for a reader who was not there
SHORTEST_REASON = 20
RISKY_SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA|FUNCTION|VIEW|TYPE)\b|\bRENAME\b|\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b"
    r"|\bSET\s+NOT\s+NULL\b|\bTRUNCATE\b|\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)"
    r"|\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass
class Seen:
    """What the migration itself made: the old code knows nothing of these tables, and they are empty."""

    models: set[str] = field(default_factory=set)


def dangers(migration: Migration, before: ProjectState) -> list[str]:
    """Everything in a migration that the code before it may stumble over, unless the migration says why not."""
    found = list(_found(migration.operations, migration.app_label, before.clone(), Seen()))
    reason = getattr(migration, REASON, "")
    return [] if len(reason) >= SHORTEST_REASON else found


def _found(operations: list[Any], app: str, state: ProjectState, seen: Seen) -> Iterator[str]:
    for operation in operations:
        if isinstance(operation, ops.SeparateDatabaseAndState):
            yield from _found(operation.database_operations, app, state, seen)
        elif isinstance(operation, ops.CreateModel):
            seen.models.add(operation.name_lower)
        elif isinstance(operation, ops.RunSQL):
            yield from _of_sql(operation.sql)
        elif not _is_new(operation, seen):
            yield from _of_operation(operation, app, state)
        operation.state_forwards(app, state)


def _is_new(operation: Any, seen: Seen) -> bool:
    name = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", None)
    return name in seen.models


def _of_operation(operation: Any, app: str, state: ProjectState) -> Iterator[str]:
    said = operation.describe()
    if isinstance(operation, ops.DeleteModel | ops.RemoveField):
        yield f"{said}: the old code still names it. Stop using it now, drop it in the next release"
    elif isinstance(operation, ops.RenameModel | ops.RenameField | ops.AlterModelTable):
        yield f"{said}: the old code knows the old name. Add, fill, switch, drop"
    elif isinstance(operation, ops.AddField):
        yield from _of_added(operation.field, said)
    elif isinstance(operation, ops.AlterField):
        yield from _of_altered(operation, app, state, said)
    elif isinstance(operation, ops.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield f"{said}: writing waits until the index is built. AddIndexConcurrently"
    elif isinstance(operation, ops.AddConstraint | ops.AlterUniqueTogether | ops.AlterIndexTogether):
        yield f"{said}: reads the whole table under a lock, and the old code may write what it refuses"


def _of_added(field: models.Field, said: str) -> Iterator[str]:
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many and not _fills_itself(field):
        yield f"{said}: the old code writes rows without it. null=True or db_default="
    if field.unique or (field.db_index and not field.many_to_many):
        yield f"{said}: its index is built under a lock. Add the index concurrently in a migration of its own"


def _of_altered(operation: ops.AlterField, app: str, state: ProjectState, said: str) -> Iterator[str]:
    before = state.models[app, operation.model_name_lower].fields[operation.name]
    after = operation.field
    if _kind(before) != _kind(after):
        yield f"{said}: another type rewrites the table, and the old code reads the old one"
    if before.null and not after.null:
        yield f"{said}: the old code may still write nothing there"
    if (after.unique and not before.unique) or (after.db_index and not before.db_index):
        yield f"{said}: its index is built under a lock"
    length, length_before = getattr(after, "max_length", None), getattr(before, "max_length", None)
    if length is not None and (length_before is None or length < length_before):
        yield f"{said}: the old code may write longer texts"


def _of_sql(sql: Any) -> Iterator[str]:
    statements = [sql] if isinstance(sql, str) else [one if isinstance(one, str) else one[0] for one in sql]
    for statement in statements:
        if risky := RISKY_SQL.search(statement):
            yield f"SQL “{' '.join(risky.group().split())}”: the old code may still need what this takes, or waits"


def _kind(field: models.Field) -> str:
    """CharField and TextField hold the same; a longer varchar is no new type."""
    kind = field.get_internal_type()
    return "text" if kind in ("CharField", "TextField", "SlugField", "URLField", "EmailField") else kind


def _fills_itself(field: models.Field) -> bool:
    return bool(getattr(field, "generated", False) or getattr(field, "primary_key", False))
