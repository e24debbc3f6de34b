"""Papers: which version of a text they had, where their picture is, and on which paper staff entered a consent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# table, column, the table it leads to, the name of the key
KEYS = [
    ("people_assistance", "file_id", "people_sealedfile", "assistance_has_a_file"),
    ("people_assistance", "text_id", "people_documenttext", "assistance_has_a_text"),
    ("people_guardianship", "text_id", "people_documenttext", "guardianship_has_a_text"),
    ("people_guardianship", "consent_entered_by_id", "accounts_user", "guardianship_entered_by_a_user"),
]
ON_PAPER = "on which paper, where staff entered it; empty: themselves"


def paper():
    return models.CharField(blank=True, db_default="", help_text=ON_PAPER, max_length=60)


def key(to):
    return models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


def forward():
    """One statement each: a cluster refuses the two that Django would send at once for a key."""
    for table, column, to, name in KEYS:
        yield f"ALTER TABLE {table} ADD COLUMN {column} bigint NULL"
        yield (
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column})"
            f" REFERENCES {to} (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )
        yield f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0019_suspend_until_a_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("agreement", "paper", paper()),
        migrations.AddField("consent", "paper", paper()),
        migrations.AddField("guardianship", "consent_paper", paper()),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    list(forward()),
                    [f"ALTER TABLE {table} DROP COLUMN {column}" for table, column, _to, _name in KEYS],
                )
            ],
            state_operations=[
                migrations.AddField("assistance", "file", key("people.sealedfile")),
                migrations.AddField("assistance", "text", key("people.documenttext")),
                migrations.AddField("guardianship", "text", key("people.documenttext")),
                migrations.AddField("guardianship", "consent_entered_by", key(settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AlterField(
            "documenttext",
            "kind",
            models.CharField(
                choices=[
                    ("privacy", "个人信息处理"),
                    ("location", "签到位置"),
                    ("agreement", "志愿服务协议"),
                    ("health", "健康信息"),
                    ("guardian", "监护人同意"),
                    ("assistance", "代办同意"),
                ],
                max_length=20,
            ),
        ),
    ]
