"""Who signed an agreement for somebody else is known by a key, and their name stands in nobody else's row any more.

Names of rosters' files go as well where what is personal of the roster is gone.
"""

import django.db.models.deletion
from django.db import migrations, models

# column, the table it leads to, the name of the key
KEYS = [
    ("guardianship_id", "people_guardianship", "agreement_signed_by_guardian"),
    ("assistance_id", "people_assistance", "agreement_signed_for_assisted"),
]
SIGNED_NAME = models.CharField(blank=True, help_text="their own; empty where another signed", max_length=60)


def key(to):
    return models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


def forward():
    """One statement each: a cluster refuses the two that Django would send at once for a key."""
    for column, to, name in KEYS:
        yield f"ALTER TABLE people_agreement ADD COLUMN {column} bigint NULL"
        yield (
            f"ALTER TABLE people_agreement ADD CONSTRAINT {name} FOREIGN KEY ({column})"
            f" REFERENCES {to} (id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )
        yield f"ALTER TABLE people_agreement VALIDATE CONSTRAINT {name}"


# A guardian who is forgotten has no name any more to compare with: then any guardian of the child it was.
BY_GUARDIANS = """
UPDATE people_agreement a SET guardianship_id = g.id, signed_name = ''
FROM people_volunteer v, people_person child, people_guardianship g, people_person guardian
WHERE a.volunteer_id = v.id AND v.person_id = child.id AND g.child_id = child.id AND guardian.id = g.guardian_id
  AND a.signed_name NOT IN ('', child.name) AND (guardian.name = a.signed_name OR guardian.erased_at IS NOT NULL)
"""
ON_PAPER = """
UPDATE people_agreement a SET assistance_id = s.id, signed_name = ''
FROM people_volunteer v, people_person p, people_assistance s
WHERE a.volunteer_id = v.id AND v.person_id = p.id AND s.person_id = p.id AND s.capacity <> 'self'
  AND a.guardianship_id IS NULL AND a.paper <> '' AND a.paper = s.paper AND a.signed_name NOT IN ('', p.name)
"""
FILE_NAMES = """
UPDATE people_roster r SET file_name = ''
WHERE r.file_name <> '' AND NOT EXISTS (SELECT 1 FROM people_rosterfile f WHERE f.roster_id = r.id)
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0027_narrow_in_few_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    list(forward()),
                    [f"ALTER TABLE people_agreement DROP COLUMN {column}" for column, _to, _name in KEYS],
                )
            ],
            state_operations=[
                migrations.AddField("agreement", "guardianship", key("people.guardianship")),
                migrations.AddField("agreement", "assistance", key("people.assistance")),
                migrations.AlterField("agreement", "signed_name", SIGNED_NAME),
            ],
        ),
        migrations.RunSQL([BY_GUARDIANS], migrations.RunSQL.noop),
        migrations.RunSQL([ON_PAPER], migrations.RunSQL.noop),
        migrations.RunSQL([FILE_NAMES], migrations.RunSQL.noop),
    ]
