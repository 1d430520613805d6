import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the labels of an integration are called that name an item, a service or a customer."""

    dependencies = [
        ("events", "0005_told_of_the_end"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="integration",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="integration",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="integration",
            name="customer_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="item_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integration",
            name="service_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integrationevent",
            name="customer_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integrationevent",
            name="item_labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="integrationevent",
            name="service_labels",
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
                    func='INSERT INTO "events_integrationevent" ("active", "created_at", "customer_labels", "format", "id", "item_labels", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_labels") VALUES (OLD."active", OLD."created_at", OLD."customer_labels", OLD."format", OLD."id", OLD."item_labels", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."service_labels"); RETURN NULL;',
                    hash="cc062020c931041e2d78805eb743e1fb092f3ea3",
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
                    func='INSERT INTO "events_integrationevent" ("active", "created_at", "customer_labels", "format", "id", "item_labels", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_labels") VALUES (OLD."active", OLD."created_at", OLD."customer_labels", OLD."format", OLD."id", OLD."item_labels", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."service_labels"); RETURN NULL;',
                    hash="23e438f5dffe339fc45bd9a1662d154447d02705",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_41d43",
                    table="events_integration",
                    when="AFTER",
                ),
            ),
        ),
    ]
