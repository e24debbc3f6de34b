"""The database itself notes what takes effect; what is in effect already is noted now."""

from django.db import migrations

from xinglin.audit import append_only, sources
from xinglin.hours import effects


class Migration(migrations.Migration):
    dependencies = [("hours", "0005_note_effects"), ("audit", "0004_guard_the_log")]
    safe_because = "The guarded table is new; the triggers take a short lock and need nothing of the code."

    operations = [
        migrations.RunSQL(append_only.protect("hours_effect"), append_only.unprotect("hours_effect")),
        migrations.RunSQL(sources.draw_ids_in_turn("hours_effect"), sources.draw_ids_anyhow("hours_effect")),
        migrations.RunSQL([effects.FUNCTION, *effects.TRIGGERS], effects.UNDO),
        migrations.RunSQL([effects.FILL], migrations.RunSQL.noop),
    ]
