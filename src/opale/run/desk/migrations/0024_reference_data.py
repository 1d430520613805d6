from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """What the desk promises itself is remembered until it changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("desk", "0023_bulk_isolation"),
    ]

    operations = [
        watch("desk_streamsettings"),
    ]
