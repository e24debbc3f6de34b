from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('recognition', '0002_find_by_star'),
    ]

    operations = [
        AddIndexConcurrently('grant', models.Index(fields=['person', 'level'], include=['published_until', 'withdrawn_at'], name='star_by_person')),
        RemoveIndexConcurrently('grant', 'star_by_level'),
    ]
