from django.db import migrations


def fill(apps, schema_editor):
    """Units that carry a division code stand at its level. May run twice; units are few."""
    Unit = apps.get_model("organisation", "Unit")
    known = Unit.objects.filter(level="").exclude(division_code="")
    known.filter(division_code__regex=r"^\d{12}$").update(level="township")
    known.filter(division_code__regex=r"^\d{4}00$").update(level="city")
    known.filter(division_code__regex=r"^\d{6}$").exclude(division_code__endswith="00").update(level="county")


class Migration(migrations.Migration):
    """Say at which level the units there are stand."""

    dependencies = [("organisation", "0004_keep_credit_codes_apart")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
