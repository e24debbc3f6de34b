"""Licences: each renewal is a row of its own, as of a gate; one that was taken back says by whom and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COLUMN = "ALTER TABLE people_qualification ADD COLUMN ended_by_id bigint NULL"
KEY = (
    "ALTER TABLE people_qualification ADD CONSTRAINT qualification_ended_by_a_user FOREIGN KEY (ended_by_id)"
    " REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
)
CHECKED = "ALTER TABLE people_qualification VALIDATE CONSTRAINT qualification_ended_by_a_user"
DROP = "ALTER TABLE people_qualification DROP COLUMN ended_by_id"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0032_ask_guardians_anew"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "qualification",
            "source",
            models.CharField(blank=True, db_default="", help_text="what it rests on: submission:CODE", max_length=40),
        ),
        migrations.AddField("qualification", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "qualification",
            "end_reason",
            models.CharField(
                blank=True, db_default="", help_text="its holder reads it; empty: renewed", max_length=300
            ),
        ),
        # One statement each: a cluster refuses the two that Django would send at once for a key.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([COLUMN, KEY, CHECKED], [DROP])],
            state_operations=[
                migrations.AddField(
                    "qualification",
                    "ended_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
    ]
