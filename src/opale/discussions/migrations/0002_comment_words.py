from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from opale.kernel.fulltext import SearchWords


class Migration(migrations.Migration):
    """The words of comments, for search. Made beside the work going on."""

    atomic = False

    dependencies = [("discussions", "0001_initial"), ("kernel", "0004_search")]

    operations = [
        AddIndexConcurrently(
            "comment", GinIndex(SearchWords("text"), fastupdate=False, name="comment_words")
        ),
    ]
