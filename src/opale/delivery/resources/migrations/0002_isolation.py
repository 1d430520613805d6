from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """A customer's contact sees nothing of who is asked for. docs/rules/customer-isolation.md."""

    dependencies = [("resources", "0001_initial")]

    operations = [
        isolate("resources_resourcerequest", readable=False),
        isolate("resources_resourcerequestevent", readable=False),
    ]
