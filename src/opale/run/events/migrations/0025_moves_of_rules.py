import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """A rule that was moved says so itself; the places of the others have no history."""

    dependencies = [("events", "0024_sites")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="eventrule",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="eventrule",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="eventrule",
            name="insert_insert",
        ),
        migrations.RemoveField(
            model_name="eventruleevent",
            name="position",
        ),
        migrations.AddField(
            model_name="eventrule",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="eventruleevent",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="eventrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."broken" IS DISTINCT FROM (NEW."broken") OR OLD."condition" IS DISTINCT FROM (NEW."condition") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."effect" IS DISTINCT FROM (NEW."effect") OR OLD."hold_for" IS DISTINCT FROM (NEW."hold_for") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."integration_id" IS DISTINCT FROM (NEW."integration_id") OR OLD."moved_at" IS DISTINCT FROM (NEW."moved_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id"))',
                    func='INSERT INTO "events_eventruleevent" ("active", "broken", "condition", "created_at", "effect", "hold_for", "id", "integration_id", "moved_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "team_id") VALUES (OLD."active", OLD."broken", OLD."condition", OLD."created_at", OLD."effect", OLD."hold_for", OLD."id", OLD."integration_id", OLD."moved_at", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."removed_at", OLD."team_id"); RETURN NULL;',
                    hash="42faffa222b17b6a98d2f579e1275b4745530633",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_13606",
                    table="events_eventrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="eventrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "events_eventruleevent" ("active", "broken", "condition", "created_at", "effect", "hold_for", "id", "integration_id", "moved_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "team_id") VALUES (OLD."active", OLD."broken", OLD."condition", OLD."created_at", OLD."effect", OLD."hold_for", OLD."id", OLD."integration_id", OLD."moved_at", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."team_id"); RETURN NULL;',
                    hash="7d8b99fb5b48ac4e14a66d087af00483d3cff48d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0586f",
                    table="events_eventrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="eventrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "events_eventruleevent" ("active", "broken", "condition", "created_at", "effect", "hold_for", "id", "integration_id", "moved_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "team_id") SELECT new_values."active", new_values."broken", new_values."condition", new_values."created_at", new_values."effect", new_values."hold_for", new_values."id", new_values."integration_id", new_values."moved_at", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."removed_at", new_values."team_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d42e4135c80564d0343b8cd6e722327405f0d103",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_67a81",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="events_eventrule",
                    when="AFTER",
                ),
            ),
        ),
    ]
