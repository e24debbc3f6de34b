"""Who read an exam aloud."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# One statement each: a cluster refuses the two that Django would send at once for a key.
COLUMN = "ALTER TABLE people_exam ADD COLUMN read_by_id bigint NULL"
KEY = (
    "ALTER TABLE people_exam ADD CONSTRAINT exam_read_by_a_user FOREIGN KEY (read_by_id)"
    " REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
)
VALID = "ALTER TABLE people_exam VALIDATE CONSTRAINT exam_read_by_a_user"
BACK = "ALTER TABLE people_exam DROP COLUMN read_by_id"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0029_know_who_is_lent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([COLUMN, KEY, VALID], [BACK])],
            state_operations=[
                migrations.AddField(
                    model_name="exam",
                    name="read_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="who read it aloud to somebody without a telephone; empty: they read it themselves",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        )
    ]
