from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Whether anybody listens to an event is remembered until it changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("webhooks", "0002_isolation"),
    ]

    operations = [
        watch("webhooks_webhook", "events"),
    ]
