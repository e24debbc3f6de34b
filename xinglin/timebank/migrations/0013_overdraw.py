"""Members may go below zero as far as a policy says; what was paid out of a hold goes back to whom the hold was of."""

from django.db import migrations, models
from django.db.models import F, Q

from xinglin.timebank import post


class Migration(migrations.Migration):
    dependencies = [("timebank", "0012_post_cheaper")]
    safe_because = "accounts are few and checked in a moment; the old code never overdraws, so both checks hold for it"

    operations = [
        migrations.AddField(
            "account",
            "overdraft_minutes",
            models.BigIntegerField(
                default=0, db_default=0, help_text="how far below its floor the policy lets this member go"
            ),
        ),
        migrations.RemoveConstraint("account", "limited_account_never_below_floor"),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(
                    is_limited=True,
                    floor_minutes__isnull=False,
                    balance_minutes__isnull=False,
                    sequence__isnull=False,
                    balance_minutes__gte=F("floor_minutes") - F("overdraft_minutes"),
                )
                | Q(is_limited=False, floor_minutes__isnull=True, balance_minutes__isnull=True, sequence__isnull=True),
                name="limited_account_never_below_floor",
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(overdraft_minutes=0) | Q(kind="member", is_limited=True, overdraft_minutes__gt=0),
                name="only_members_overdraw",
            ),
        ),
        migrations.RunSQL([post.FUNCTION_RETURNS_TO], ["DROP FUNCTION returns_to(bigint)"]),
        migrations.RunSQL([post.FUNCTION], migrations.RunSQL.noop),
        migrations.RunSQL([post.FUNCTION_OVERDRAFT], ["DROP FUNCTION allow_overdraft(bigint, bigint)"]),
        migrations.RunSQL(
            [post.OVERDRAFT_GUARD, post.OVERDRAFT_OPENS_AT_ZERO],
            [
                "DROP TRIGGER timebank_account_overdraws_by_policy ON timebank_account",
                "DROP TRIGGER timebank_account_opens_without_overdraft ON timebank_account",
            ],
        ),
    ]
