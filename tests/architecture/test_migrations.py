"""Migrations suit the code that still runs: `make upgrade` changes the tables while the site is up."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from tests.architecture.house import layers
from tests.architecture.migrations import RELEASED, dangers


def unreleased() -> list[tuple[str, str]]:
    loader = MigrationLoader(None)
    ours = [key for key in loader.disk_migrations if key[0] in layers()]
    return sorted(key for key in ours if key[1] > RELEASED.get(key[0], ""))


def test_each_new_migration_suits_the_code_before_it():
    loader = MigrationLoader(None)

    found = {
        f"{app}.{name}": dangers(loader.disk_migrations[app, name], loader.project_state((app, name), at_end=False))
        for app, name in unreleased()
    }

    assert {name: why for name, why in found.items() if why} == {}


def test_what_was_released_is_still_there():
    there = MigrationLoader(None).disk_migrations

    assert [key for key in RELEASED.items() if key not in there] == []


def state() -> ProjectState:
    """A table that is in use."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=40)),
        ("minutes", models.IntegerField()),
        ("note", models.TextField(null=True)),
    ]
    before = ProjectState(real_apps={apps.get_app_config("contenttypes").label})
    before.add_model(ModelState("ward", "Patient", fields))
    return before


def migration(*operations: Any, **more: Any) -> migrations.Migration:
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), **more})
    return made("0002_change", "ward")


def add(field: models.Field) -> Any:
    return migrations.AddField("Patient", "added", field)


def alter(name: str, field: models.Field) -> Any:
    return migrations.AlterField("Patient", name, field)


INDEX = models.Index(fields=["name"], name="patient_by_name")
UNSAFE = {
    "drops a table": migrations.DeleteModel("Patient"),
    "drops a column": migrations.RemoveField("Patient", "note"),
    "renames a table": migrations.RenameModel("Patient", "Guest"),
    "renames a column": migrations.RenameField("Patient", "note", "remark"),
    "moves a table": migrations.AlterModelTable("Patient", "guests"),
    "adds a column that must be given": add(models.IntegerField(default=0)),
    "adds a unique column": add(models.IntegerField(null=True, unique=True)),
    "adds a foreign key with its index": add(models.ForeignKey("contenttypes.ContentType", models.PROTECT, null=True)),
    "changes a type": alter("minutes", models.DurationField()),
    "makes a column obligatory": alter("note", models.TextField(default="")),
    "makes a text shorter": alter("name", models.CharField(max_length=20)),
    "makes a column unique": alter("name", models.CharField(max_length=40, unique=True)),
    "builds an index under a lock": migrations.AddIndex("Patient", INDEX),
    "adds a constraint": migrations.AddConstraint(
        "Patient", models.CheckConstraint(condition=models.Q(minutes__gte=0), name="never_below_zero")
    ),
    "drops by SQL": migrations.RunSQL(["ALTER TABLE ward_patient DROP COLUMN note"]),
    "renames by SQL": migrations.RunSQL("ALTER TABLE ward_patient RENAME TO guest"),
    "changes a type by SQL": migrations.RunSQL([("ALTER TABLE ward_patient ALTER COLUMN minutes TYPE bigint", None)]),
    "builds an index by SQL": migrations.RunSQL("CREATE INDEX a ON ward_patient (name)"),
    "hides it in a pair": migrations.SeparateDatabaseAndState([migrations.RemoveField("Patient", "note")], []),
}
SAFE = {
    "makes a table with its index": [
        migrations.CreateModel("Bed", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.AddIndex("Bed", models.Index(fields=["name"], name="bed_by_name")),
        migrations.AddField("Bed", "number", models.IntegerField(default=0)),
    ],
    "adds a column that may be empty": [add(models.IntegerField(null=True))],
    "adds a column that the database fills": [add(models.DateTimeField(db_default=Now()))],
    "makes a text longer": [alter("name", models.CharField(max_length=80))],
    "lets a column be empty": [alter("minutes", models.IntegerField(null=True))],
    "builds an index beside": [AddIndexConcurrently("Patient", INDEX)],
    "adds a trigger": [migrations.RunSQL("CREATE TRIGGER a BEFORE UPDATE ON ward_patient EXECUTE FUNCTION b()")],
    "stops using a column": [
        migrations.SeparateDatabaseAndState([], [migrations.RemoveField("Patient", "note")]),
    ],
}


@pytest.mark.parametrize("operation", UNSAFE.values(), ids=UNSAFE)
def test_what_the_old_code_would_stumble_over_is_found(operation: Any):
    assert dangers(migration(operation), state())


@pytest.mark.parametrize("operations", SAFE.values(), ids=SAFE)
def test_what_suits_the_old_code_passes(operations: list[Any]):
    assert dangers(migration(*operations), state()) == []


def test_a_migration_may_say_why_it_is_safe():
    operation = migrations.RemoveField("Patient", "note")

    said = migration(operation, safe_because="0.2.0 already stopped naming the column, in the model and in SQL.")
    mumbled = migration(operation, safe_because="it is fine")

    assert dangers(said, state()) == []
    assert dangers(mumbled, state())
