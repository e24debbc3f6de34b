import django.contrib.postgres.indexes
import django.db.models.deletion
import xinglin.lib.word_index
from django.db import migrations, models

# Every person has a row from the first moment on. What has no words yet, or no longer the right ones, a job fills.
FUNCTION = """
CREATE FUNCTION keep_person_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO people_sought (person_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    ELSIF NEW.name IS DISTINCT FROM OLD.name THEN
        UPDATE people_sought SET words = NULL WHERE person_id = NEW.id;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER person_is_sought_by_name AFTER INSERT OR UPDATE OF name ON people_person
FOR EACH ROW EXECUTE FUNCTION keep_person_sought()
"""
NUMBER_FUNCTION = """
CREATE FUNCTION keep_number_sought() RETURNS trigger LANGUAGE plpgsql AS $$
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
NUMBER_TRIGGER = """
CREATE TRIGGER volunteer_is_sought_by_number AFTER INSERT OR DELETE OR UPDATE OF number, person_id ON people_volunteer
FOR EACH ROW EXECUTE FUNCTION keep_number_sought()
"""
KNOWN = (
    "INSERT INTO people_sought (person_id, number) SELECT person.id, volunteer.number FROM people_person person"
    " LEFT JOIN people_volunteer volunteer ON volunteer.person_id = person.id ON CONFLICT DO NOTHING"
)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0013_insure'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sought',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sought', serialize=False, to='people.person')),
                ('number', models.CharField(help_text="the volunteer's, kept by a trigger: answers in order", max_length=12, null=True)),
                ('words', xinglin.lib.word_index.Words(help_text='null: not filled yet, or the name has changed since', null=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name='person_by_words'), models.Index(condition=models.Q(('words__isnull', True)), fields=['person'], name='person_without_words')],
            },
        ),
        migrations.RunSQL([FUNCTION], [("DROP FUNCTION keep_person_sought()", None)]),
        migrations.RunSQL([TRIGGER], [("DROP TRIGGER person_is_sought_by_name ON people_person", None)]),
        migrations.RunSQL([NUMBER_FUNCTION], [("DROP FUNCTION keep_number_sought()", None)]),
        migrations.RunSQL([NUMBER_TRIGGER], [("DROP TRIGGER volunteer_is_sought_by_number ON people_volunteer", None)]),
        migrations.RunSQL([KNOWN], migrations.RunSQL.noop),
    ]
