"""Databases that have an earlier `post` get the one that stands in `post.py`, and the one that looks for debts."""

from django.db import migrations

from xinglin.timebank import post


class Migration(migrations.Migration):
    dependencies = [("timebank", "0009_seal_accounts")]

    operations = [
        migrations.RunSQL([post.FUNCTION], migrations.RunSQL.noop),
        migrations.RunSQL([post.FUNCTION_UNLESS_OWING], ["DROP FUNCTION post_unless_owing(jsonb)"]),
    ]
