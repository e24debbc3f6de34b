import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# One statement each: a cluster refuses the two that Django would send at once for a key.
COLUMN = "ALTER TABLE activities_signup ADD COLUMN taken_by_id bigint NULL"
KEY = (
    "ALTER TABLE activities_signup ADD CONSTRAINT signup_taken_by_a_user FOREIGN KEY (taken_by_id)"
    " REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
)
VALID = "ALTER TABLE activities_signup VALIDATE CONSTRAINT signup_taken_by_a_user"
BACK = "ALTER TABLE activities_signup DROP COLUMN taken_by_id"


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0003_name_later_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([COLUMN, KEY, VALID], [BACK])],
            state_operations=[
                migrations.AddField(
                    model_name="signup",
                    name="taken_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="who signed them up for them, from a list of a chat say; empty: they did so themselves",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        )
    ]
