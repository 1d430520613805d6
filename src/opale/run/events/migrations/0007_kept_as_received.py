from django.db import migrations

KEEP = """
    REVOKE UPDATE, DELETE, TRUNCATE ON events_event FROM opale_app;

    DO $$
    DECLARE
        partition text;
    BEGIN
        FOR partition IN
            SELECT inhrelid::regclass::text FROM pg_inherits
            WHERE inhparent = 'events_event'::regclass
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM opale_app', partition);
        END LOOP;
    END $$;

    CREATE OR REPLACE FUNCTION events_open_day(day date) RETURNS void
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
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON public.%I FROM opale_app', partition);
    END $$;
"""
LET_GO = """
    GRANT UPDATE, DELETE ON events_event TO opale_app;

    DO $$
    DECLARE
        partition text;
    BEGIN
        FOR partition IN
            SELECT inhrelid::regclass::text FROM pg_inherits
            WHERE inhparent = 'events_event'::regclass
        LOOP
            EXECUTE format('GRANT UPDATE, DELETE ON %s TO opale_app', partition);
        END LOOP;
    END $$;
"""


class Migration(migrations.Migration):
    """What was received is never changed: the application may add events and drop whole days."""

    dependencies = [("events", "0006_naming_labels")]

    operations = [migrations.RunSQL(sql=KEEP, reverse_sql=LET_GO)]
