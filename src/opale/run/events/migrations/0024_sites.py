import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """What an alert's labels say of its site."""

    dependencies = [("events", "0023_lists_of_a_storm"), ("infrastructure", "0006_letters")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="integration",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="integration",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="integration",
            name="insert_insert",
        ),
        migrations.AddField(
            model_name="alert",
            name="site",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="infrastructure.site",
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="site_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integrationevent",
            name="site_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="integration",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "events_integrationevent" ("active", "created_at", "customer_labels", "events_per_minute", "format", "id", "item_labels", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_labels", "settings", "site_labels") VALUES (OLD."active", OLD."created_at", OLD."customer_labels", OLD."events_per_minute", OLD."format", OLD."id", OLD."item_labels", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."service_labels", OLD."settings", OLD."site_labels"); RETURN NULL;',
                    hash="6fa5e69e1db502c8e00acfd8b96d0efc84131cab",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d6717",
                    table="events_integration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="integration",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "events_integrationevent" ("active", "created_at", "customer_labels", "events_per_minute", "format", "id", "item_labels", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_labels", "settings", "site_labels") VALUES (OLD."active", OLD."created_at", OLD."customer_labels", OLD."events_per_minute", OLD."format", OLD."id", OLD."item_labels", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."service_labels", OLD."settings", OLD."site_labels"); RETURN NULL;',
                    hash="5aef53eafa5addb24ab044fc3c1a0afc67d9bda8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_41d43",
                    table="events_integration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="integration",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "events_integrationevent" ("active", "created_at", "customer_labels", "events_per_minute", "format", "id", "item_labels", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_labels", "settings", "site_labels") SELECT new_values."active", new_values."created_at", new_values."customer_labels", new_values."events_per_minute", new_values."format", new_values."id", new_values."item_labels", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."service_labels", new_values."settings", new_values."site_labels" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a92098e02d101e161f75e4d4148814975f774af3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_572df",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="events_integration",
                    when="AFTER",
                ),
            ),
        ),
    ]
