from django.db import migrations

from opale.kernel.trigrams import trigram_index


class Migration(migrations.Migration):
    """Names are found by some of their letters, without accents, by an index."""

    dependencies = [("infrastructure", "0005_creation"), ("kernel", "0004_search")]

    operations = [
        migrations.AddIndex(
            "configurationitem", trigram_index("name", "serial", name="item_letters")
        ),
        migrations.AddIndex("site", trigram_index("name", "code", "city", name="site_letters")),
    ]
