from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers. docs/rules/customer-isolation.md."""

    dependencies = [("infrastructure", "0001_initial")]

    operations = [
        isolate("infrastructure_site"),
        isolate("infrastructure_siteevent", readable=False),
        isolate("infrastructure_configurationitem"),
        isolate("infrastructure_configurationitemevent", readable=False),
        isolate("infrastructure_serviceitem"),
        isolate("infrastructure_serviceitemevent", readable=False),
    ]
