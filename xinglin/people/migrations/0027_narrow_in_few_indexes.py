import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0026_keep_what_narrows_beside_the_words'),
    ]

    operations = [
        migrations.AddField('sought', 'stars', models.PositiveSmallIntegerField(help_text='the highest that was given and stands, kept by a trigger where stars are given', null=True)),
        AddIndexConcurrently('sought', django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words', 'specialities'], name='sought_by_words')),
        RemoveIndexConcurrently('sought', 'person_by_words'),
        AddIndexConcurrently('sought', models.Index(fields=['state', 'number'], include=['person', 'stars'], name='sought_in_state')),
        RemoveIndexConcurrently('volunteer', 'volunteer_in_state'),
    ]
