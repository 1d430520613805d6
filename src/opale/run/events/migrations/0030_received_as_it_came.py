from django.db import migrations

import opale.run.events.models.fields

VERBATIM = "ALTER TABLE events_event ALTER COLUMN raw TYPE json"
TAKEN_APART = "ALTER TABLE events_event ALTER COLUMN raw TYPE jsonb"


class Migration(migrations.Migration):
    """What was received stays the text that came; each row is written anew, so it takes a while."""

    dependencies = [("events", "0029_references_by_the_set")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="raw",
            field=opale.run.events.models.fields.VerbatimJSON(default=dict),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="raw",
                    field=opale.run.events.models.fields.VerbatimJSON(),
                ),
            ],
            database_operations=[migrations.RunSQL(sql=VERBATIM, reverse_sql=TAKEN_APART)],
        ),
    ]
