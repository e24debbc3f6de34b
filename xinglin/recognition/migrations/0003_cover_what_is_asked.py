from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('recognition', '0002_find_by_star'),
    ]

    operations = [
        AddIndexConcurrently('grant', models.Index(fields=['level', 'person'], include=['published_until', 'withdrawn_at'], name='star_of_a_level')),
        RemoveIndexConcurrently('grant', 'star_by_level'),
    ]
