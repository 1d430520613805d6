from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Who answers at an hour is remembered until the roster changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("shifts", "0002_creation"),
    ]

    operations = [
        watch("shifts_duty"),
    ]
