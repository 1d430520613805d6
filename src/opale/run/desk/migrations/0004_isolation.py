from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """The second wall between customers. docs/rules/customer-isolation.md."""

    dependencies = [("desk", "0003_number")]

    operations = [
        isolate("desk_ticket"),
        isolate("desk_ticketevent", readable=False),
        isolate("desk_ownership"),
        isolate("desk_classification"),
        isolate("desk_message", also="visibility = 'public'"),
        isolate("desk_pause"),
        isolate("desk_pauseevent", readable=False),
        isolate("desk_commitment"),
        isolate("desk_ticketalert"),
        isolate("desk_ticketalertevent", readable=False),
    ]
