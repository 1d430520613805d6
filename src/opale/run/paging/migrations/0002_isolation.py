from django.db import migrations

from opale.kernel.isolation import isolate
from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Who is called about customers is the provider's own; whether a policy stands is remembered."""

    dependencies = [("paging", "0001_initial")]

    operations = [
        isolate("paging_mobilisation", readable=False),
        watch("paging_escalationpolicy", "name", "team_id", "position", "is_on", "version"),
    ]
