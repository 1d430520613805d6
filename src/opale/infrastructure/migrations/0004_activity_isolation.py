from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers, for what happens to items."""

    dependencies = [("infrastructure", "0003_suppliers_and_activities")]

    operations = [
        isolate("infrastructure_itemactivity", readable=False),
        isolate("infrastructure_itemactivityevent", readable=False),
    ]
