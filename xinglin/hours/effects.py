"""What is sealed of a service record: how it stood when it took effect, and each time that changed afterwards.

A record is changed as it goes its way, so it cannot be sealed itself. The database notes an `Effect` when a
transaction ends in which an effective record came to be or changed, whatever code did it; these rows only grow, and
they are sealed. `differing` compares each record with its last effect, so that a change behind the database's back
shows as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.audit import sources, streams
from xinglin.audit.sources import Source

# column of an effect → its value from a record `r`
COLUMNS = {
    "record_code": "r.code",
    "state": "r.state",
    "person_code": "(SELECT code FROM people_person WHERE id = r.person_id)",
    "unit_code": "(SELECT code FROM organisation_unit WHERE id = r.unit_id)",
    "source": "r.source",
    "title": "r.title",
    "category": "r.category",
    "starts_at": "r.starts_at",
    "ends_at": "r.ends_at",
    "minutes": "r.minutes",
    "credited_minutes": "r.credited_minutes",
    "provenance": "r.provenance",
    "recorded_at": "r.recorded_at",
    "recorded_by_code": "coalesce((SELECT code FROM accounts_user WHERE id = r.recorded_by_id), '')",
    "confirmed_at": "r.confirmed_at",
    "confirmed_by_code": "coalesce((SELECT code FROM accounts_user WHERE id = r.confirmed_by_id), '')",
    "effective_at": "r.effective_at",
    "void_reason": "r.void_reason",
    "corrects_code": "coalesce((SELECT code FROM hours_record WHERE id = r.corrects_id), '')",
}
NAMES, VALUES = ", ".join(COLUMNS), ", ".join(COLUMNS.values())
SAME = ", ".join(f"e.{name}" for name in COLUMNS)

# Several statements of one transaction may change a record; what counts is how it stands at the end of it, once.
FUNCTION = f"""
CREATE FUNCTION note_effect_of_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hours_effect ({NAMES})
    SELECT {VALUES} FROM hours_record r
     WHERE r.id = NEW.id AND ({VALUES}) IS DISTINCT FROM
           (SELECT ({SAME}) FROM hours_effect e WHERE e.record_code = r.code ORDER BY e.id DESC LIMIT 1);
    RETURN NULL;
END $$
"""
TRIGGERS = [
    "CREATE CONSTRAINT TRIGGER hours_record_came_with_effect AFTER INSERT ON hours_record"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'effective')"
    " EXECUTE FUNCTION note_effect_of_record()",
    "CREATE CONSTRAINT TRIGGER hours_record_changed_in_effect AFTER UPDATE ON hours_record"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN ((NEW.state = 'effective' OR OLD.state = 'effective') AND OLD IS DISTINCT FROM NEW)"
    " EXECUTE FUNCTION note_effect_of_record()",
]
FILL = f"""
INSERT INTO hours_effect ({NAMES}) SELECT {VALUES} FROM hours_record r WHERE r.state = 'effective' ORDER BY r.id
"""
UNDO = [
    "DROP TRIGGER hours_record_changed_in_effect ON hours_record",
    "DROP TRIGGER hours_record_came_with_effect ON hours_record",
    "DROP FUNCTION note_effect_of_record()",
]

_CHANGED = ", ".join(
    f"CASE WHEN e.{name} IS DISTINCT FROM {value} THEN '{name}' END" for name, value in COLUMNS.items()
)
DIFFERING = f"""
SELECT r.code, e.record_code IS NULL, array_to_string(ARRAY[{_CHANGED}], ', ')
  FROM hours_record r
  LEFT JOIN LATERAL (SELECT * FROM hours_effect e WHERE e.record_code = r.code ORDER BY e.id DESC LIMIT 1) e ON true
 WHERE (r.state = 'effective' OR e.record_code IS NOT NULL)
   AND ({VALUES}) IS DISTINCT FROM ({SAME})
 ORDER BY r.id
"""
GONE = """
SELECT e.record_code FROM hours_effect e
 WHERE NOT EXISTS (SELECT 1 FROM hours_record r WHERE r.code = e.record_code) GROUP BY e.record_code
"""


def differing() -> Iterator[tuple[str, str]]:
    """Records that are not as their last effect says, with the columns that differ."""
    for code, is_unknown, columns in streams.rows(DIFFERING):
        what = "is in effect, and nothing was noted of it" if is_unknown else f"is not as it was sealed: {columns}"
        yield f"record {code}", what
    for (code,) in streams.rows(GONE):
        yield f"record {code}", "was in effect, and is gone"


EFFECTS = Source(
    name="record",
    table="hours_effect",
    fields={
        "id": sources.plain("id"),
        "record": sources.text("record_code"),
        "state": sources.text("state"),
        "person": sources.text("person_code"),
        "unit": sources.text("unit_code"),
        "source": sources.text("source"),
        "title": sources.text("title"),
        "category": sources.text("category"),
        "starts_at": sources.moment("starts_at"),
        "ends_at": sources.moment("ends_at"),
        "minutes": sources.plain("minutes"),
        "credited_minutes": sources.plain("credited_minutes"),
        "provenance": sources.text("provenance"),
        "recorded_at": sources.moment("recorded_at"),
        "recorded_by": sources.text("recorded_by_code"),
        "confirmed_at": sources.moment("confirmed_at"),
        "confirmed_by": sources.text("confirmed_by_code"),
        "effective_at": sources.moment("effective_at"),
        "void_reason": sources.text("void_reason"),
        "corrects": sources.text("corrects_code"),
        "salt": sources.text("salt"),
    },
    also=differing,
)
