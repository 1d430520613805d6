from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers. docs/rules/customer-isolation.md."""

    dependencies = [("events", "0001_initial")]

    operations = [
        isolate("events_alert"),
    ]
