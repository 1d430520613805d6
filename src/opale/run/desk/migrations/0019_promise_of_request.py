import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0018_former_subjects"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="ticket",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="ticket",
            name="update_update",
        ),
        migrations.AddField(
            model_name="ticket",
            name="promised_coverage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer_hours", "Business hours of the customer"),
                    ("always", "24/7"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="promised_within",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="ticketevent",
            name="promised_coverage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer_hours", "Business hours of the customer"),
                    ("always", "24/7"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="ticketevent",
            name="promised_within",
            field=models.DurationField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticket",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."acknowledged_at" IS DISTINCT FROM (NEW."acknowledged_at") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."cause" IS DISTINCT FROM (NEW."cause") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."confidential" IS DISTINCT FROM (NEW."confidential") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."customer_told_at" IS DISTINCT FROM (NEW."customer_told_at") OR OLD."employee_id" IS DISTINCT FROM (NEW."employee_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."impact" IS DISTINCT FROM (NEW."impact") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."outage_from" IS DISTINCT FROM (NEW."outage_from") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."plan_version_id" IS DISTINCT FROM (NEW."plan_version_id") OR OLD."premium" IS DISTINCT FROM (NEW."premium") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."promised_coverage" IS DISTINCT FROM (NEW."promised_coverage") OR OLD."promised_within" IS DISTINCT FROM (NEW."promised_within") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."request_type_id" IS DISTINCT FROM (NEW."request_type_id") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."restored_at" IS DISTINCT FROM (NEW."restored_at") OR OLD."service_id" IS DISTINCT FROM (NEW."service_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."stream" IS DISTINCT FROM (NEW."stream") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."triaged_at" IS DISTINCT FROM (NEW."triaged_at") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency"))',
                    func='INSERT INTO "desk_ticketevent" ("acknowledged_at", "answered_at", "cause", "closed_at", "confidential", "contact_id", "customer_id", "customer_told_at", "employee_id", "id", "impact", "item_id", "kind", "language", "merged_into_id", "number", "outage_from", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_version_id", "premium", "priority", "promised_coverage", "promised_within", "received_at", "request_type_id", "resolved_at", "restored_at", "service_id", "source", "state", "stream", "subject", "tags", "triaged_at", "updated_at", "urgency") VALUES (OLD."acknowledged_at", OLD."answered_at", OLD."cause", OLD."closed_at", OLD."confidential", OLD."contact_id", OLD."customer_id", OLD."customer_told_at", OLD."employee_id", OLD."id", OLD."impact", OLD."item_id", OLD."kind", OLD."language", OLD."merged_into_id", OLD."number", OLD."outage_from", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."plan_version_id", OLD."premium", OLD."priority", OLD."promised_coverage", OLD."promised_within", OLD."received_at", OLD."request_type_id", OLD."resolved_at", OLD."restored_at", OLD."service_id", OLD."source", OLD."state", OLD."stream", OLD."subject", OLD."tags", OLD."triaged_at", OLD."updated_at", OLD."urgency"); RETURN NULL;',
                    hash="d0ddc184a83ca938628ff4b5097bf69a29a17efc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_97d27",
                    table="desk_ticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ticket",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_ticketevent" ("acknowledged_at", "answered_at", "cause", "closed_at", "confidential", "contact_id", "customer_id", "customer_told_at", "employee_id", "id", "impact", "item_id", "kind", "language", "merged_into_id", "number", "outage_from", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_version_id", "premium", "priority", "promised_coverage", "promised_within", "received_at", "request_type_id", "resolved_at", "restored_at", "service_id", "source", "state", "stream", "subject", "tags", "triaged_at", "updated_at", "urgency") VALUES (OLD."acknowledged_at", OLD."answered_at", OLD."cause", OLD."closed_at", OLD."confidential", OLD."contact_id", OLD."customer_id", OLD."customer_told_at", OLD."employee_id", OLD."id", OLD."impact", OLD."item_id", OLD."kind", OLD."language", OLD."merged_into_id", OLD."number", OLD."outage_from", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_version_id", OLD."premium", OLD."priority", OLD."promised_coverage", OLD."promised_within", OLD."received_at", OLD."request_type_id", OLD."resolved_at", OLD."restored_at", OLD."service_id", OLD."source", OLD."state", OLD."stream", OLD."subject", OLD."tags", OLD."triaged_at", OLD."updated_at", OLD."urgency"); RETURN NULL;',
                    hash="b089d4c3ac54ed904c7a1c7c11f30d3693fdb567",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7acc8",
                    table="desk_ticket",
                    when="AFTER",
                ),
            ),
        ),
    ]
