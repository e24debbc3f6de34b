from django.db import migrations, models


class Migration(migrations.Migration):
    """One open unit of a credit code."""

    safe_because = "The column came with the migration before: it is empty everywhere, and the old code never fills it."

    dependencies = [("organisation", "0003_describe_units")]

    operations = [
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('credit_code', ''), _negated=True)), fields=('credit_code',), name='one_open_unit_of_a_credit_code'),
        ),
    ]
