"""A training is noted with the unit where it was passed, and a unit may honour that of another."""

import django.db.models.deletion
import xinglin.lib.ids
from django.conf import settings
from django.db import migrations, models


def unit_of(model):
    """One statement each: a cluster refuses the two that Django would send at once for a key."""
    table, key = f"people_{model}", f"{model}_of_a_unit"
    return (
        [
            f"ALTER TABLE {table} ADD COLUMN unit_id bigint NULL",
            f"ALTER TABLE {table} ADD CONSTRAINT {key} FOREIGN KEY (unit_id)"
            " REFERENCES organisation_unit (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {key}",
        ],
        [f"ALTER TABLE {table} DROP COLUMN unit_id"],
    )


class Migration(migrations.Migration):
    # Gates and exams came after the last release: on an upgrade their tables are made, empty, in the same run.
    safe_because = "no release has had the tables of gates and exams, so nothing is in them and no old code reads them"

    dependencies = [
        ('organisation', '0005_fill_levels'),
        ('people', '0022_bulk_actions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Honour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=xinglin.lib.ids.short_code, editable=False, max_length=12, unique=True)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('of_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='gate',
            name='gate_stands_once',
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(*unit_of("exam"))],
            state_operations=[
                migrations.AddField(
                    model_name='exam',
                    name='unit',
                    field=models.ForeignKey(db_index=False, help_text='by whose bank and policies; empty: before that was noted', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(*unit_of("gate"))],
            state_operations=[
                migrations.AddField(
                    model_name='gate',
                    name='unit',
                    field=models.ForeignKey(db_index=False, help_text='of a training: where it was passed; empty: before that was noted, and counts everywhere', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('kind', 'training'), _negated=True)), fields=('volunteer', 'kind'), name='gate_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('kind', 'training')), fields=('volunteer', 'unit'), name='training_stands_once_at_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='honour',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('unit', 'of_unit'), name='honours_a_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='honour',
            constraint=models.CheckConstraint(condition=models.Q(('unit', models.F('of_unit')), _negated=True), name='honours_another_unit'),
        ),
    ]
