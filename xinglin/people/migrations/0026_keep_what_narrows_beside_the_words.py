import django.contrib.postgres.fields
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
        UPDATE people_sought SET number = NULL WHERE person_id = OLD.person_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE people_sought SET number = NEW.number
         WHERE person_id = NEW.person_id AND number IS DISTINCT FROM NEW.number;
    END IF;
    RETURN NULL;
END $$
"""
DROP = "DROP TRIGGER volunteer_is_sought_by_number ON people_volunteer"
TRIGGER = """
CREATE TRIGGER volunteer_is_sought_by_number
AFTER INSERT OR DELETE OR UPDATE OF number, person_id, state, specialities ON people_volunteer
FOR EACH ROW EXECUTE FUNCTION keep_number_sought()
"""
TRIGGER_BEFORE = """
CREATE TRIGGER volunteer_is_sought_by_number AFTER INSERT OR DELETE OR UPDATE OF number, person_id ON people_volunteer
FOR EACH ROW EXECUTE FUNCTION keep_number_sought()
"""
KNOWN = (
    "UPDATE people_sought sought"
    " SET state = volunteer.state, specialities = volunteer.specialities, volunteer_key = volunteer.id"
    " FROM people_volunteer volunteer WHERE volunteer.person_id = sought.person_id"
)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0025_cover_what_is_asked'),
    ]

    operations = [
        migrations.AddField('sought', 'volunteer_key', models.BigIntegerField(help_text='the same, kept by the trigger as well', null=True)),
        migrations.AddField('sought', 'state', models.CharField(help_text="the volunteer's, kept by the trigger", max_length=10, null=True)),
        migrations.AddField('sought', 'specialities', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), help_text='the same', null=True, size=None)),
        migrations.RunSQL([FUNCTION], [BEFORE]),
        migrations.RunSQL([DROP], [TRIGGER_BEFORE]),
        migrations.RunSQL([TRIGGER], [DROP]),
        migrations.RunSQL([KNOWN], migrations.RunSQL.noop),
    ]
