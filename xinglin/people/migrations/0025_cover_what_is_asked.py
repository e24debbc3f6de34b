from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0024_live_together'),
    ]

    operations = [
        AddIndexConcurrently('volunteer', models.Index(fields=['state', 'number'], include=['id', 'person'], name='volunteer_in_state')),
        RemoveIndexConcurrently('volunteer', 'volunteer_by_state'),
    ]
