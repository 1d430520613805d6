from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """What was sold and promised is remembered until it changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("customers", "0009_letters"),
    ]

    operations = [
        watch("customers_customer"),
        watch("customers_contact"),
        watch("customers_service", "customer_id", "parent_id"),
        watch("customers_supportplan"),
        watch("customers_supportplanversion"),
        watch("customers_plantarget"),
        watch("customers_contract"),
        watch("customers_contractedplan"),
        watch("customers_contractoption"),
        watch("customers_soldcommitment"),
    ]
