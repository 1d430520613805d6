from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The wall between customers. docs/rules/customer-isolation.md, docs/rules/orders.md."""

    dependencies = [("orders", "0003_cancellations")]

    operations = [
        isolate("orders_cancellation"),
        isolate("orders_cancellationevent", readable=False),
    ]
