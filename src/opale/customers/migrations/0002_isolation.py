from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers. docs/rules/customer-isolation.md."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        isolate("customers_customer", column="id"),
        isolate("customers_customerevent", column="pgh_obj_id", readable=False),
        isolate("customers_contact"),
        isolate("customers_contactevent", readable=False),
        isolate("customers_service"),
        isolate("customers_serviceevent", readable=False),
        isolate("customers_contract"),
        isolate("customers_contractevent", readable=False),
        isolate("customers_contractedplan"),
        isolate("customers_contractedplanevent", readable=False),
        isolate("customers_contractoption"),
        isolate("customers_contractoptionevent", readable=False),
        isolate("customers_soldcommitment"),
        isolate("customers_soldcommitmentevent", readable=False),
    ]
