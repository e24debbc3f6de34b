"""Whoever belongs to other units is asked before two are tied."""

import django.db.models.deletion
import xinglin.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0033_end_licences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AskedTie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=xinglin.lib.ids.short_code, editable=False, max_length=12, unique=True)),
                ('what', models.CharField(choices=[('relation', '亲友关系'), ('guardian', '监护')], max_length=10)),
                ('kind', models.CharField(help_text='what the other is to the person: of a relation, or a capacity', max_length=12)),
                ('paper', models.CharField(help_text='which paper was seen, such as 户口簿', max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, help_text='answered, or taken back', null=True)),
                ('is_yes', models.BooleanField(help_text='null: not answered', null=True)),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ties_to_answer', to='people.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ties_asked', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person', 'other', 'what'), name='asked_of_a_tie_once'), models.CheckConstraint(condition=models.Q(('person', models.F('other')), _negated=True), name='nobody_is_asked_of_a_tie_to_oneself')],
            },
        ),
    ]
