"""Accounts are sealed too: whose they are, of which kind, with which floor. None of it changes once it is opened."""

from django.db import migrations

from xinglin.audit import sources

KEEPS = (
    "CREATE TRIGGER timebank_account_keeps_its_owner BEFORE UPDATE OF person_id, unit_id, floor_minutes, opened_at "
    "ON timebank_account FOR EACH ROW WHEN ((OLD.person_id, OLD.unit_id, OLD.floor_minutes, OLD.opened_at) "
    "IS DISTINCT FROM (NEW.person_id, NEW.unit_id, NEW.floor_minutes, NEW.opened_at)) "
    "EXECUTE FUNCTION refuse_change_of_account()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("timebank", "0008_keep_gifts"),
        ("audit", "0004_guard_the_log"),
    ]

    operations = [
        migrations.RunSQL(sources.draw_ids_in_turn("timebank_account"), sources.draw_ids_anyhow("timebank_account")),
        migrations.RunSQL([KEEPS], ["DROP TRIGGER timebank_account_keeps_its_owner ON timebank_account"]),
    ]
