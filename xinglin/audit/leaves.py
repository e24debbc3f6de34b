"""What is sealed of the trail: every entry, whole. It holds codes and no name."""

from xinglin.audit import sources
from xinglin.audit.sources import Source

ENTRIES = Source(
    name="entry",
    table="audit_entry",
    fields={
        "id": sources.plain("id"),
        "at": sources.moment("at"),
        "actor": sources.text("actor_code"),
        "verb": sources.text("verb"),
        "thing": sources.text("thing"),
        "unit": sources.text("unit_path"),
        "reason": sources.text("reason"),
        "facts": sources.plain("facts"),
        "salt": sources.text("salt"),
    },
)
