"""What guards the ledger, the view of its entries, and its one way in. The SQL of this release stands in `post.py`;
a later change of the function is a new migration with CREATE OR REPLACE."""

from django.db import migrations

from xinglin.audit import append_only
from xinglin.timebank import post


class Migration(migrations.Migration):
    dependencies = [
        ("timebank", "0001_open_the_ledger"),
        ("audit", "0002_refuse_change_to_entries"),
    ]

    operations = [
        migrations.RunSQL(append_only.protect("timebank_transfer"), append_only.unprotect("timebank_transfer")),
        migrations.RunSQL(post.GUARDS, post.UNGUARD),
        migrations.RunSQL([post.ENTRY_VIEW], ["DROP VIEW timebank_entry"]),
        migrations.RunSQL([post.FUNCTION], ["DROP FUNCTION post(jsonb)"]),
    ]
