import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from opale.kernel.isolation import share

READ_ALL = """
    INSERT INTO events_alertwords (alert_id, said)
    SELECT id, lower(title || ' ' || identity || ' ' || labels::text || ' ' || left(text, 500))
    FROM events_alert
"""
UNREAD = """
    CREATE FUNCTION events_words_unread() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO events_unreadwords (alert_ids)
            SELECT array_agg(id) FROM come GROUP BY id / 200;
        ELSE
            INSERT INTO events_unreadwords (alert_ids)
            SELECT array_agg(come.id) FROM come JOIN gone ON gone.id = come.id
            WHERE gone.title <> come.title OR gone.identity <> come.identity
               OR gone.labels <> come.labels OR gone.text <> come.text
            GROUP BY come.id / 200;
        END IF;
        RETURN NULL;
    END $$;

    CREATE TRIGGER words_come AFTER INSERT ON events_alert
        REFERENCING NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION events_words_unread();
    CREATE TRIGGER words_changed AFTER UPDATE ON events_alert
        REFERENCING OLD TABLE AS gone NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION events_words_unread();
"""
UNREAD_NO_MORE = """
    DROP TRIGGER words_come ON events_alert;
    DROP TRIGGER words_changed ON events_alert;
    DROP FUNCTION events_words_unread();
"""
ISOLATED = """
    ALTER TABLE events_alertwords ENABLE ROW LEVEL SECURITY;
    ALTER TABLE events_alertwords FORCE ROW LEVEL SECURITY;
    CREATE POLICY staff ON events_alertwords TO opale_app, opale_owner
        USING (true) WITH CHECK (true);
    CREATE POLICY customer ON events_alertwords TO opale_portal
        USING (EXISTS (SELECT FROM events_alert a WHERE a.id = alert_id));
    GRANT SELECT ON events_alertwords TO opale_portal;
"""
ISOLATED_NO_MORE = """
    REVOKE ALL ON events_alertwords FROM opale_portal;
    DROP POLICY customer ON events_alertwords;
    DROP POLICY staff ON events_alertwords;
    ALTER TABLE events_alertwords NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE events_alertwords DISABLE ROW LEVEL SECURITY;
"""
INDEX = """
    CREATE INDEX events_alert_words ON events_alert USING gin (
        lower(title || ' ' || identity || ' ' || labels::text || ' ' || left(text, 500))
        gin_trgm_ops
    )
"""


class Migration(migrations.Migration):
    """The words of an alert go beside it; what stands is read under the lock of the triggers.

    A customer sees the words of those alerts that it sees. docs/decisions/0024.
    """

    dependencies = [("events", "0030_received_as_it_came")]

    operations = [
        migrations.CreateModel(
            name="AlertWords",
            fields=[
                (
                    "alert",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="events.alert",
                    ),
                ),
                ("said", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="UnreadWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
            ],
        ),
        share("events_unreadwords"),
        migrations.RunSQL(sql="DROP INDEX events_alert_words", reverse_sql=INDEX),
        migrations.RunSQL(sql=UNREAD, reverse_sql=UNREAD_NO_MORE),
        migrations.RunSQL(sql=READ_ALL, reverse_sql=migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="alertwords",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["said"], name="alert_words", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.RunSQL(sql=ISOLATED, reverse_sql=ISOLATED_NO_MORE),
    ]
