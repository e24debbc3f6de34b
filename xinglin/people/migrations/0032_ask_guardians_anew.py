"""What children under 14 had said yes to by their own press: the guardian is asked for it."""

from django.db import migrations

TAKE_BACK = """
UPDATE people_consent consent SET withdrawn_at = now()
  FROM people_documenttext document, people_person person
 WHERE document.id = consent.text_id AND person.id = consent.person_id AND consent.withdrawn_at IS NULL
   AND document.kind IN ('location', 'health') AND consent.paper = '' AND consent.given_by_id IS NULL
   AND person.born_on + interval '14 years' > consent.given_at AT TIME ZONE 'Asia/Shanghai'
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0031_say_whose_word_a_consent_is")]

    operations = [migrations.RunSQL([TAKE_BACK], migrations.RunSQL.noop)]
