"""A membership says whether it is a loan: whoever borrows somebody has less to say about them."""

from django.db import migrations, models

# By the loan that stands, or that ended when the membership did.
LENT = """
UPDATE people_membership member SET is_lent = true
  FROM people_move loan
 WHERE loan.kind = 'loan' AND loan.volunteer_id = member.volunteer_id AND loan.to_unit_id = member.unit_id
   AND member.joined_on BETWEEN loan.starts_on AND loan.until
   AND (loan.state = 'done' AND member.left_on IS NULL
        OR loan.state = 'over' AND member.left_on = (loan.ended_at AT TIME ZONE 'Asia/Shanghai')::date)
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0028_know_who_signed_for_whom")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="is_lent",
            field=models.BooleanField(
                db_default=False, default=False, help_text="on loan: at home in another unit"
            ),
        ),
        migrations.RunSQL([LENT], migrations.RunSQL.noop),
    ]
