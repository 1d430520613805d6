from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """Which tickets a job of the desk touches is the desk's own: no customer's request reads it."""

    dependencies = [("desk", "0022_bulk_jobs")]

    operations = [isolate("desk_bulkitem", readable=False)]
