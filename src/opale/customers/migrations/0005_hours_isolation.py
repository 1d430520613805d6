from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers, for the hours that contracts include."""

    dependencies = [("customers", "0004_measures_fees_and_hours")]

    operations = [
        isolate("customers_contractedhours"),
        isolate("customers_contractedhoursevent", readable=False),
    ]
