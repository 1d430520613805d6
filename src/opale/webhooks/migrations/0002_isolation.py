from django.db import migrations

from opale.kernel.isolation import isolate_login


class Migration(migrations.Migration):
    """A contact's request sees what is of its own login. docs/rules/customer-isolation.md."""

    dependencies = [("webhooks", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        # The right to change one column is what it takes to lock the row.
        isolate_login("webhooks_webhook", "owner_id", may="SELECT, UPDATE (name)"),
        isolate_login("webhooks_delivery", "owner_id", may="SELECT"),
        isolate_login("webhooks_attempt", "owner_id", may="SELECT"),
    ]
