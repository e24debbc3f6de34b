"""Who lives together, and whom the others may sign up."""

import django.db.models.deletion
import xinglin.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0023_honour_training"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=xinglin.lib.ids.short_code, editable=False, max_length=12, unique=True)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HouseholdMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=xinglin.lib.ids.short_code, editable=False, max_length=12, unique=True)),
                ('paper', models.CharField(blank=True, help_text='which paper staff saw; empty: their own yes', max_length=60)),
                ('added_at', models.DateTimeField()),
                ('joined_at', models.DateTimeField(blank=True, help_text='empty: asked, and has not answered', null=True)),
                ('lets_sign_up', models.BooleanField(default=False, help_text='the others may sign them up for shifts')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.household')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='households', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('joined_at__isnull', False)), fields=('person',), name='in_one_household'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('household', 'person'), name='once_in_a_household')],
            },
        ),
    ]
