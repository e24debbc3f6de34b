from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('recognition', '0001_make_stars'),
    ]

    operations = [
        AddIndexConcurrently('grant', models.Index(fields=['level', 'person'], name='star_by_level')),
    ]
