"""The function that append-only tables share, and the trail's own protection."""

from django.db import migrations

from xinglin.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL([append_only.FUNCTION], ["DROP FUNCTION refuse_change()"]),
        migrations.RunSQL(append_only.protect("audit_entry"), append_only.unprotect("audit_entry")),
    ]
