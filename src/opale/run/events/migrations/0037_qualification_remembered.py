from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Each batch of events asks which rules make an incident of an alert: they are remembered."""

    dependencies = [
        ("events", "0036_all_references_by_the_set"),
        ("kernel", "0005_reference_changes"),
    ]

    operations = [watch("events_qualificationrule")]
