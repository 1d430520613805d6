from django.db import migrations


class Migration(migrations.Migration):
    """The shared cache (rate limits). Unlogged: losing it in a crash loses nothing that matters."""

    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
            CREATE UNLOGGED TABLE kernel_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
            """,
            reverse_sql="DROP TABLE kernel_cache",
        )
    ]
