from django.db import migrations

from opale.kernel.isolation import share


class Migration(migrations.Migration):
    """What a customer reads about services and contracts names the catalogue and the plans."""

    dependencies = [("customers", "0002_isolation")]

    operations = [
        share(
            "customers_offering",
            "customers_supportplan",
            "customers_supportplanversion",
            "customers_plantarget",
        )
    ]
