from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from opale.kernel.fulltext import SearchWords

BLOCKS = (9, 13, 17)


def words_index(column: str, ticket: str, name: str) -> GinIndex:
    blocks = (models.F(ticket).bitrightshift(bits) for bits in BLOCKS)
    return GinIndex(SearchWords(column), *blocks, models.F("customer"), fastupdate=False, name=name)


class Migration(migrations.Migration):
    """The index that search asks, made beside the work going on: see docs/rules/search.md."""

    atomic = False

    dependencies = [("desk", "0020_official_sentences"), ("kernel", "0004_search")]

    operations = [
        migrations.RunSQL("SET maintenance_work_mem = '512MB'", "SELECT"),
        AddIndexConcurrently("ticket", words_index("subject", "id", "ticket_words")),
        AddIndexConcurrently("message", words_index("body", "ticket", "message_words")),
        migrations.RunSQL("RESET maintenance_work_mem", "SELECT"),
    ]
