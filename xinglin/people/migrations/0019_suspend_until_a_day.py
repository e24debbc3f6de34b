"""A suspension may be given the day on which it ends by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0018_saved_lists")]

    operations = [
        migrations.AddField(
            model_name="volunteer",
            name="returns_on",
            field=models.DateField(
                blank=True, help_text="the day on which a suspension ends by itself; empty: when somebody says so", null=True
            ),
        ),
    ]
