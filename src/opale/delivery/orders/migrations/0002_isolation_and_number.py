from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The wall between customers, and the numbers of orders.

    docs/rules/customer-isolation.md, docs/rules/orders.md.
    """

    dependencies = [("orders", "0001_initial")]

    operations = [
        isolate("orders_order"),
        isolate("orders_orderevent", readable=False),
        isolate("orders_orderline"),
        isolate("orders_orderlineevent", readable=False),
        migrations.RunSQL(
            sql="CREATE SEQUENCE orders_order_number START 20001",
            reverse_sql="DROP SEQUENCE orders_order_number",
        ),
    ]
