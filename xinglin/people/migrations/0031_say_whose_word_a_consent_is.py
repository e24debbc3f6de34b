"""Consent: who said yes for somebody, who of the staff saw the paper, and by whose hand it was taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# column, the name of the key
KEYS = [
    ("given_by_id", "consent_given_by_a_user"),
    ("entered_by_id", "consent_entered_by_a_user"),
    ("withdrawn_by_id", "consent_withdrawn_by_a_user"),
]


def key(help_text):
    return models.ForeignKey(
        db_index=False,
        help_text=help_text,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def forward():
    """One statement each: a cluster refuses the two that Django would send at once for a key."""
    for column, name in KEYS:
        yield f"ALTER TABLE people_consent ADD COLUMN {column} bigint NULL"
        yield (
            f"ALTER TABLE people_consent ADD CONSTRAINT {name} FOREIGN KEY ({column})"
            " REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )
        yield f"ALTER TABLE people_consent VALIDATE CONSTRAINT {name}"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0030_read_exams_aloud"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    list(forward()), [f"ALTER TABLE people_consent DROP COLUMN {column}" for column, _name in KEYS]
                )
            ],
            state_operations=[
                migrations.AddField("consent", "given_by", key("a guardian, of a child; empty: themselves")),
                migrations.AddField("consent", "entered_by", key("who of the staff saw the paper")),
                migrations.AddField("consent", "withdrawn_by", key("a guardian, or staff at their word; empty: themselves")),
            ],
        ),
    ]
