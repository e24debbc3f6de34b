"""What operators did can only be added to."""

from django.db import migrations

from xinglin.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("office", "0001_make_operators")]
    safe_because = "the table was made by the migration before, and nothing but this release knows it"

    operations = [
        migrations.RunSQL([append_only.FUNCTION], ["DROP FUNCTION refuse_change()"]),
        migrations.RunSQL(append_only.protect("office_deed"), append_only.unprotect("office_deed")),
    ]
