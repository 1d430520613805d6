import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """What tells processes that reference data has changed (docs/decisions/0008).

    One row a transaction. The mark is drawn by lot, so that no two states of the watched tables
    look the same, those of rolled back transactions included.
    """

    dependencies = [("kernel", "0004_search")]

    operations = [
        migrations.CreateModel(
            name="ReferenceChange",
            fields=[
                ("transaction", models.BigIntegerField(primary_key=True, serialize=False)),
                ("mark", models.BigIntegerField()),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION kernel_reference_changed() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
            BEGIN
                INSERT INTO kernel_referencechange AS known (transaction, mark)
                VALUES (
                    pg_current_xact_id()::text::bigint,
                    (random() * 9223372036854775000)::bigint
                )
                ON CONFLICT (transaction) DO UPDATE SET mark = excluded.mark;
                RETURN NULL;
            END $$;
            """,
            reverse_sql="DROP FUNCTION kernel_reference_changed",
        ),
    ]
