import django.db.models.deletion
from django.db import migrations, models

DAYS = """
    CREATE FUNCTION events_open_day(day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
        partition text := 'events_event_' || to_char(day, 'YYYYMMDD');
    BEGIN
        IF to_regclass('public.' || partition) IS NOT NULL THEN
            RETURN;
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('events_open_day'));
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.events_event'
            ' FOR VALUES FROM (%L) TO (%L)',
            partition, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'
        );
    END $$;

    CREATE FUNCTION events_drop_days_before(day date) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
        partition text;
    BEGIN
        FOR partition IN
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'public.events_event'::regclass
              AND relname ~ '^events_event_\\d{8}$'
              AND to_date(right(relname, 8), 'YYYYMMDD') < least(day, current_date - 1)
            ORDER BY relname
        LOOP
            EXECUTE format('DROP TABLE public.%I', partition);
            RETURN NEXT partition;
        END LOOP;
    END $$;

    REVOKE ALL ON FUNCTION events_open_day(date), events_drop_days_before(date) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION events_open_day(date), events_drop_days_before(date) TO opale_app;
"""
NO_DAYS = """
    DROP FUNCTION events_open_day(date);
    DROP FUNCTION events_drop_days_before(date);
"""
WORDS = """
    CREATE INDEX events_alert_words ON events_alert
    USING gin (lower(title || ' ' || identity || ' ' || labels::text) gin_trgm_ops)
"""


class Migration(migrations.Migration):
    """Days of events made and dropped by the application, and deliveries kept aside."""

    dependencies = [("events", "0002_isolation")]

    operations = [
        migrations.RunSQL(sql=DAYS, reverse_sql=NO_DAYS),
        # Counters must not touch an index: a doubled delivery then rewrites one row in its page.
        migrations.RunSQL(
            sql="ALTER TABLE events_alert SET (fillfactor = 80)",
            reverse_sql="ALTER TABLE events_alert RESET (fillfactor)",
        ),
        migrations.RemoveIndex(model_name="alert", name="alert_newest"),
        migrations.RemoveIndex(model_name="alert", name="alert_title_trigrams"),
        migrations.RunSQL(sql=WORDS, reverse_sql="DROP INDEX events_alert_words"),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "closed")),
                fields=["integration", "identity", "cleared_at"],
                name="alert_closed_identity",
            ),
        ),
        migrations.CreateModel(
            name="UnreadableDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("body", models.BinaryField()),
                ("size_bytes", models.PositiveBigIntegerField()),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unreadable",
                        to="events.integration",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "unreadable deliveries",
                "indexes": [models.Index(fields=["integration", "-id"], name="unreadable_newest")],
            },
        ),
    ]
