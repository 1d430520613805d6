from typing import Any

import django.db.models.deletion
from django.db import migrations, models

NAMES = {
    ("desk_classification", "ticket_id"): "desk_classification_ticket_id_b6629e41",
    ("desk_message", "ticket_id"): "desk_message_ticket_id_2fbacc05",
    ("desk_ownership", "ticket_id"): "desk_ownership_ticket_id_da630a9c",
    ("desk_ticket", "customer_id"): "desk_ticket_customer_id_e1c6dc73",
    ("desk_ticket", "item_id"): "desk_ticket_item_id_57bbab0d",
    ("desk_ticket", "service_id"): "desk_ticket_service_id_5a7ff47b",
    ("desk_commitment", "ticket_id"): "commitment_ticket",
}


def without_index(model: str, to: str, related: str, **options: Any) -> migrations.AlterField:
    options.setdefault("on_delete", django.db.models.deletion.PROTECT)
    field = models.ForeignKey(db_index=False, related_name=related, to=to, **options)
    return migrations.AlterField(model, to.partition(".")[2], field)


class Migration(migrations.Migration):
    """An index of which another one is the beginning is written for nothing.

    By its name: Django would also check each foreign key anew, which locks the table meanwhile.
    """

    atomic = False

    dependencies = [
        ("customers", "0011_services_remembered"),
        ("desk", "0045_confidential_tickets"),
        ("infrastructure", "0006_letters"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY {name} ON {table} ({column})",
                )
                for (table, column), name in NAMES.items()
            ],
            state_operations=[
                migrations.RemoveIndex("commitment", "commitment_ticket"),
                without_index("classification", "desk.ticket", "classifications"),
                without_index("message", "desk.ticket", "messages"),
                without_index("ownership", "desk.ticket", "ownerships"),
                without_index("ticket", "customers.customer", "tickets", blank=True, null=True),
                migrations.AlterField(
                    "ticket",
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to="infrastructure.configurationitem",
                    ),
                ),
                without_index("ticket", "customers.service", "tickets", blank=True, null=True),
            ],
        ),
    ]
