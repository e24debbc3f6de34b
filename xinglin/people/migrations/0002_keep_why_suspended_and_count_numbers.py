"""Keep why and since when a volunteer is not active; give volunteer numbers a sequence of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="volunteer",
            name="state_reason",
            field=models.CharField(blank=True, help_text="why suspended or left; empty while active", max_length=300),
        ),
        migrations.AddField(
            model_name="volunteer",
            name="state_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(
            ["CREATE SEQUENCE people_volunteer_number AS bigint"], ["DROP SEQUENCE people_volunteer_number"]
        ),
    ]
