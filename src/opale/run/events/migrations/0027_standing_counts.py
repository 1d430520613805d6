import django.db.models.deletion
from django.db import migrations, models

from opale.kernel.isolation import isolate

STANDS = """(state IN ('open', 'acknowledged') OR flapping_since IS NOT NULL)
    AND silence_id IS NULL AND suppressed_by_id IS NULL AND held_until IS NULL"""
COUNT = f"""
    CREATE FUNCTION events_count_standing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO events_standingcount (customer_id, service_id, severity, number)
            SELECT customer_id, service_id, severity, count(*) FROM come WHERE {STANDS}
            GROUP BY 1, 2, 3;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO events_standingcount (customer_id, service_id, severity, number)
            SELECT customer_id, service_id, severity, -count(*) FROM gone WHERE {STANDS}
            GROUP BY 1, 2, 3;
        ELSE
            INSERT INTO events_standingcount (customer_id, service_id, severity, number)
            SELECT customer_id, service_id, severity, sum(change) FROM (
                SELECT customer_id, service_id, severity, 1 AS change FROM come WHERE {STANDS}
                UNION ALL
                SELECT customer_id, service_id, severity, -1 FROM gone WHERE {STANDS}
            ) AS changes
            GROUP BY 1, 2, 3 HAVING sum(change) <> 0;
        END IF;
        RETURN NULL;
    END $$;

    LOCK TABLE events_alert IN SHARE ROW EXCLUSIVE MODE;
    CREATE TRIGGER count_come AFTER INSERT ON events_alert
        REFERENCING NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION events_count_standing();
    CREATE TRIGGER count_changed AFTER UPDATE ON events_alert
        REFERENCING OLD TABLE AS gone NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION events_count_standing();
    CREATE TRIGGER count_gone AFTER DELETE ON events_alert
        REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION events_count_standing();
    INSERT INTO events_standingcount (customer_id, service_id, severity, number)
    SELECT customer_id, service_id, severity, count(*) FROM events_alert WHERE {STANDS}
    GROUP BY 1, 2, 3;
"""  # noqa: S608  # made of constants
COUNT_NO_MORE = """
    DROP TRIGGER count_come ON events_alert;
    DROP TRIGGER count_changed ON events_alert;
    DROP TRIGGER count_gone ON events_alert;
    DROP FUNCTION events_count_standing();
"""


class Migration(migrations.Migration):
    """How many alerts stand, counted as they come and go.

    What stands already is counted under the lock that lets the triggers begin: a count between the
    two would be wrong for ever.
    """

    dependencies = [
        ("customers", "0011_services_remembered"),
        ("events", "0026_sites_of_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Clear"),
                            (1, "Information"),
                            (2, "Warning"),
                            (3, "Minor"),
                            (4, "Major"),
                            (5, "Critical"),
                        ]
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.service",
                    ),
                ),
            ],
        ),
        isolate("events_standingcount"),
        migrations.RunSQL(sql=COUNT, reverse_sql=COUNT_NO_MORE),
    ]
