from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("desk", "0008_defaults")]

    operations = [
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("state__in", ["new", "in_progress", "pending", "held"])),
                fields=["state", "priority", "received_at", "id"],
                name="ticket_state_queue",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(fields=["service", "-received_at", "-id"], name="ticket_service"),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(fields=["item", "-received_at", "-id"], name="ticket_item_newest"),
        ),
        RemoveIndexConcurrently(model_name="ticket", name="ticket_item"),
    ]
