"""One person's standing records never overlap, minutes never exceed their span, and what the bank shall take is kept."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

import xinglin.hours.models


class Migration(migrations.Migration):
    dependencies = [
        ("hours", "0001_initial"),
        ("diary", "0001_initial"),  # brings btree_gist, which the exclusion constraint needs
        ("timebank", "0002_guard_and_post"),
    ]

    operations = [
        migrations.AddField(
            model_name="record",
            name="is_credited",
            field=models.BooleanField(default=False, help_text="shall the time bank take it, or honour only"),
        ),
        migrations.AddConstraint(
            model_name="record",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "voided"), _negated=True),
                expressions=[
                    ("person", "="),
                    (
                        xinglin.hours.models.Span(
                            "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                ],
                name="no_two_records_of_the_same_time",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("state", "recorded")), fields=["unit", "recorded_at"], name="record_waiting_for_word"
            ),
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE hours_record ADD CONSTRAINT record_within_its_span "
                "CHECK (starts_at + minutes * interval '1 minute' <= ends_at)"
            ],
            ["ALTER TABLE hours_record DROP CONSTRAINT record_within_its_span"],
        ),
    ]
