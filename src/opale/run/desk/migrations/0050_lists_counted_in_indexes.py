from django.db import migrations, models
from django.db.models import Q

OPEN = ("new", "in_progress", "pending", "held")
ORDER = ("priority", "next_due_at", "-premium", "received_at", "id")


class Migration(migrations.Migration):
    """How many tickets a list has is found in its index, with for whom each of them is.

    A hundred were counted in a hundred pages of the table. What opens is looked at by autovacuum as
    soon as what changes: until then its pages would be read in spite of the index.
    """

    dependencies = [("desk", "0049_words_by_block")]

    operations = [
        migrations.RemoveIndex("ticket", "ticket_state_order"),
        migrations.RemoveIndex("ticket", "ticket_owner_order"),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["state", *ORDER],
                include=["confidential", "owner", "employee"],
                condition=Q(state__in=OPEN),
                name="ticket_state_order",
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["owner", *ORDER],
                include=["confidential", "employee"],
                condition=Q(state__in=[*OPEN, "resolved"]),
                name="ticket_owner_order",
            ),
        ),
        migrations.RunSQL(
            """
                ALTER TABLE desk_ticket SET (
                    autovacuum_vacuum_insert_scale_factor = 0.01,
                    autovacuum_vacuum_insert_threshold = 500
                )
            """,
            """
                ALTER TABLE desk_ticket RESET (
                    autovacuum_vacuum_insert_scale_factor,
                    autovacuum_vacuum_insert_threshold
                )
            """,
        ),
    ]
