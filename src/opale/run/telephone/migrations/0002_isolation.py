from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers: calls are the desk's own, no contact reads them."""

    dependencies = [("telephone", "0001_initial")]

    operations = [
        isolate("telephone_call", readable=False),
        isolate("telephone_callevent", readable=False),
    ]
