from django.db import migrations

BEFORE = """
    DROP INDEX IF EXISTS events_alert_words;
    CREATE INDEX events_alert_words ON events_alert
    USING gin (lower(title || ' ' || identity || ' ' || labels::text) gin_trgm_ops)
"""
AFTER = """
    DROP INDEX IF EXISTS events_alert_words;
    CREATE INDEX events_alert_words ON events_alert USING gin (
        lower(title || ' ' || identity || ' ' || labels::text || ' ' || left(text, 500))
        gin_trgm_ops
    )
"""


class Migration(migrations.Migration):
    """One index answers a search, instead of one index and a look at every text."""

    dependencies = [("events", "0003_ingest")]

    operations = [migrations.RunSQL(sql=AFTER, reverse_sql=BEFORE)]
