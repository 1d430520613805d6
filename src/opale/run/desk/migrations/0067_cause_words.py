from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from opale.kernel.fulltext import SearchWords

BLOCKS = (9, 13, 17)


def words_index(column: str, ticket: str, name: str) -> GinIndex:
    blocks = (models.F(ticket).bitrightshift(bits) for bits in BLOCKS)
    return GinIndex(
        *blocks,
        models.F("customer"),
        SearchWords(column),
        fastupdate=False,
        name=name,
        condition=~models.Q(cause=""),
    )


class Migration(migrations.Migration):
    """Tickets are found by their cause. Made beside the work going on: see docs/rules/search.md."""

    atomic = False

    dependencies = [("desk", "0066_service_outages")]

    operations = [
        AddIndexConcurrently("ticket", words_index("cause", "id", "ticket_cause_by_block")),
    ]
