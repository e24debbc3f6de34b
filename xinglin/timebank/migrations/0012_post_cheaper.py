"""Once more the newest text of both functions: salts and rows of a batch cost less, and so does looking for debts."""

from django.db import migrations

from xinglin.timebank import post


class Migration(migrations.Migration):
    dependencies = [("timebank", "0011_ask_to_move_minutes")]

    operations = [
        migrations.RunSQL([post.FUNCTION], migrations.RunSQL.noop),
        migrations.RunSQL([post.FUNCTION_UNLESS_OWING], migrations.RunSQL.noop),
    ]
