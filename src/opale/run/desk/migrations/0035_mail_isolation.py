from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """Who takes part by mail, and which tickets may be one, is the desk's own."""

    dependencies = [("desk", "0034_incoming_mail")]

    operations = [
        isolate("desk_participant", readable=False),
        isolate("desk_participantevent", readable=False),
        isolate("desk_proposedlink", readable=False),
        isolate("desk_proposedlinkevent", readable=False),
    ]
