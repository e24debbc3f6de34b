import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Plain indexes only: cities are migrated side by side, and one that is built beside its table waits for every
    # other builder that holds a snapshot, but not for those of plain indexes.
    atomic = False

    dependencies = [
        ('people', '0014_seek_people'),
    ]

    operations = [
        AddIndexConcurrently('membership', models.Index(fields=['unit', 'volunteer'], name='member_by_unit')),
        AddIndexConcurrently('qualification', models.Index(fields=['kind', 'volunteer'], name='qualification_by_kind')),
        AddIndexConcurrently('volunteer', models.Index(fields=['state', 'number'], name='volunteer_by_state')),
        AddIndexConcurrently('volunteer', django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['specialities'], name='volunteer_by_speciality')),
    ]
