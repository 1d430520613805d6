from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Which mailbox writes is asked with each mail, and hardly ever changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("messaging", "0007_channels"),
    ]

    operations = [
        watch("messaging_mailbox", "name", "address", "is_on"),
    ]
