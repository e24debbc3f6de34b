from django.db import migrations

# The row is held before the stars are counted, so that of two who change them the later one sees what the first did.
FUNCTION = """
CREATE FUNCTION keep_stars_sought() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
BEGIN
    FOREACH whose IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.person_id]
        WHEN 'DELETE' THEN ARRAY[OLD.person_id]
        ELSE ARRAY[LEAST(OLD.person_id, NEW.person_id), GREATEST(OLD.person_id, NEW.person_id)]
    END LOOP
        PERFORM FROM people_sought WHERE person_id = whose FOR NO KEY UPDATE;
        UPDATE people_sought SET stars = standing.level
          FROM (SELECT max(level) AS level FROM recognition_grant
                 WHERE person_id = whose AND withdrawn_at IS NULL) standing
         WHERE person_id = whose AND stars IS DISTINCT FROM standing.level;
    END LOOP;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER star_is_sought AFTER INSERT OR DELETE OR UPDATE OF person_id, level, withdrawn_at ON recognition_grant
FOR EACH ROW EXECUTE FUNCTION keep_stars_sought()
"""
KNOWN = (
    "UPDATE people_sought sought SET stars = standing.level"
    " FROM (SELECT person_id, max(level) AS level FROM recognition_grant WHERE withdrawn_at IS NULL"
    " GROUP BY person_id) standing WHERE standing.person_id = sought.person_id"
)


class Migration(migrations.Migration):

    dependencies = [
        ('recognition', '0003_cover_what_is_asked'),
        ('people', '0027_narrow_in_few_indexes'),
    ]

    operations = [
        migrations.RunSQL([FUNCTION], [("DROP FUNCTION keep_stars_sought()", None)]),
        migrations.RunSQL([TRIGGER], [("DROP TRIGGER star_is_sought ON recognition_grant", None)]),
        migrations.RunSQL([KNOWN], migrations.RunSQL.noop),
    ]
