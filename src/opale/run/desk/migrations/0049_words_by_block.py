from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from opale.kernel.fulltext import SearchWords

BLOCKS = (9, 13, 17)


def words_index(column: str, ticket: str, name: str) -> GinIndex:
    blocks = (models.F(ticket).bitrightshift(bits) for bits in BLOCKS)
    return GinIndex(*blocks, models.F("customer"), SearchWords(column), fastupdate=False, name=name)


class Migration(migrations.Migration):
    """The blocks before the words: two frequent words that never stand together were followed
    through all texts for each block. Made beside the work going on: see docs/rules/search.md."""

    atomic = False

    dependencies = [("desk", "0048_tickets_change_in_their_page")]

    operations = [
        migrations.RunSQL("SET maintenance_work_mem = '512MB'", "SELECT"),
        AddIndexConcurrently("ticket", words_index("subject", "id", "ticket_words_by_block")),
        RemoveIndexConcurrently("ticket", "ticket_words"),
        AddIndexConcurrently("message", words_index("body", "ticket", "message_words_by_block")),
        RemoveIndexConcurrently("message", "message_words"),
        # How frequent the words are is known of an index, not of its table.
        migrations.RunSQL("ANALYZE desk_ticket, desk_message", migrations.RunSQL.noop),
        migrations.RunSQL("RESET maintenance_work_mem", "SELECT"),
    ]
