import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION keep_number_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE people_sought SET number = NULL, state = NULL, specialities = NULL, volunteer_key = NULL
         WHERE person_id = OLD.person_id AND (TG_OP = 'DELETE' OR NEW.person_id <> OLD.person_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE people_sought SET number = NEW.number, state = NEW.state,
               specialities = NEW.specialities, volunteer_key = NEW.id
         WHERE person_id = NEW.person_id
           AND (number, state, specialities, volunteer_key)
               IS DISTINCT FROM (NEW.number, NEW.state, NEW.specialities, NEW.id);
    END IF;
    RETURN NULL;
END $$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION keep_number_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE people_sought SET number = NULL, state = NULL, specialities = NULL
         WHERE person_id = OLD.person_id AND (TG_OP = 'DELETE' OR NEW.person_id <> OLD.person_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE people_sought SET number = NEW.number, state = NEW.state, specialities = NEW.specialities
         WHERE person_id = NEW.person_id
           AND (number, state, specialities) IS DISTINCT FROM (NEW.number, NEW.state, NEW.specialities);
    END IF;
    RETURN NULL;
END $$
"""
KNOWN = (
    "UPDATE people_sought sought SET volunteer_key = volunteer.id"
    " FROM people_volunteer volunteer WHERE volunteer.person_id = sought.person_id"
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0034_ask_before_tying'),
    ]

    operations = [
        migrations.AddField('sought', 'volunteer_key', models.BigIntegerField(help_text='the same, kept by the trigger as well', null=True)),
        migrations.RunSQL([FUNCTION], [BEFORE]),
        migrations.RunSQL([KNOWN], migrations.RunSQL.noop),
        AddIndexConcurrently('sought', django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words', 'specialities'], name='sought_by_words')),
        RemoveIndexConcurrently('sought', 'person_by_words'),
    ]
