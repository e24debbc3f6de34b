from django.db import migrations

STEP = 4
# Where each unit stood when the circular was written: a unit that moved since is read through its former paths.
REACHED = f"""
WITH stood AS (
    SELECT unit.id, coalesce(
        (
            SELECT former.path FROM organisation_formerpath former
            WHERE former.unit_id = unit.id AND former.until > %(at)s ORDER BY former.until LIMIT 1
        ), unit.path) AS path
    FROM organisation_unit unit
    WHERE (unit.opened_at <= %(at)s OR unit.id = %(unit)s) AND (unit.closed_at IS NULL OR unit.closed_at > %(at)s)
), own AS (
    SELECT stood.* FROM stood JOIN stood top ON starts_with(stood.path, top.path) WHERE top.id = %(unit)s
), carried AS (
    SELECT stood.*, joint.parent_id
    FROM organisation_joint joint JOIN own ON own.id = joint.parent_id JOIN stood ON stood.id = joint.unit_id
    WHERE joint.since <= %(at)s AND (joint.ended_at IS NULL OR joint.ended_at > %(at)s)
), below AS (
    SELECT id, left(path, -{STEP}) AS path_above FROM own WHERE id <> %(unit)s
    UNION
    SELECT stood.id, left(stood.path, -{STEP})
    FROM carried JOIN stood ON starts_with(stood.path, carried.path) AND stood.id <> carried.id
)
INSERT INTO circulars_reach (circular_id, unit_id, above_id)
SELECT %(circular)s, %(unit)s, NULL::bigint
UNION SELECT %(circular)s, id, parent_id FROM carried
UNION SELECT %(circular)s, below.id, stood.id FROM below JOIN stood ON stood.path = below.path_above
ON CONFLICT DO NOTHING
"""


def say(apps, schema_editor):
    """Circular by circular. May run twice."""
    circulars = apps.get_model("circulars", "Circular").objects.order_by("pk")
    with schema_editor.connection.cursor() as cursor:
        for pk, unit, at in list(circulars.values_list("pk", "unit_id", "written_at")):
            cursor.execute(REACHED, {"circular": pk, "unit": unit, "at": at})


class Migration(migrations.Migration):
    """Write down of each circular which units it reached on its day."""

    dependencies = [("circulars", "0002_keep_what_is_reached"), ("organisation", "0005_fill_levels")]

    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
