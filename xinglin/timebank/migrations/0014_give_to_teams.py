"""Gifts may go to a team, and a team's leader may ask to give on."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# One statement each: a cluster refuses the two that Django would send at once for a key.
COLUMN = "ALTER TABLE timebank_gift ADD COLUMN team_id bigint NULL"
KEY = (
    "ALTER TABLE timebank_gift ADD CONSTRAINT gift_to_a_unit_that_exists FOREIGN KEY (team_id)"
    " REFERENCES organisation_unit (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
)
VALID = "ALTER TABLE timebank_gift VALIDATE CONSTRAINT gift_to_a_unit_that_exists"
BACK = "ALTER TABLE timebank_gift DROP COLUMN team_id"


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("timebank", "0013_overdraw"),
    ]
    safe_because = "the new check asks the same of what the old code writes: a person or a pool, and no team"

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([COLUMN, KEY, VALID], [BACK])],
            state_operations=[
                migrations.AddField(
                    "gift",
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.unit",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint("gift", "gift_to_a_person_or_a_pool"),
        migrations.AddConstraint(
            "gift",
            models.CheckConstraint(
                condition=Q(receiver__isnull=False, pool_unit__isnull=True, team__isnull=True)
                | Q(receiver__isnull=True, pool_unit__isnull=False, team__isnull=True)
                | Q(receiver__isnull=True, pool_unit__isnull=True, team__isnull=False),
                name="gift_to_a_person_a_pool_or_a_team",
            ),
        ),
        migrations.AlterField(
            "request",
            "kind",
            models.CharField(
                choices=[
                    ("pool_grant", "公益池发放"),
                    ("reserve_grant", "储备发放"),
                    ("reserve_funding", "拨入储备"),
                    ("reversal", "冲回一笔"),
                    ("adjustment", "更正补入"),
                    ("team_gift", "团队捐出"),
                ],
                max_length=16,
            ),
        ),
    ]
