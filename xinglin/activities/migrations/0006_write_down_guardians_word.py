"""By whose word a child of a guardian without a telephone comes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0005_say_kinds_of_service"),
        ("people", "0026_keep_what_narrows_beside_the_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuardiansWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("how", models.CharField(choices=[("paper", "签了字条"), ("in_person", "当面说的"), ("call", "电话里说的")], max_length=10)),
                ("said_on", models.DateField()),
                ("paper", models.CharField(blank=True, help_text="which note, where one was signed", max_length=60)),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("guardianship", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.guardianship")),
                ("signup", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="guardians_word", to="activities.signup")),
            ],
        ),
    ]
