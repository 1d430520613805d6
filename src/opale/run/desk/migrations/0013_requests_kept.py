import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """A request keeps the rules of its day, and why it was sent another way; one approval is asked."""

    dependencies = [
        ("customers", "0006_creation"),
        ("desk", "0013_latched_breaches"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="requestdetails",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="requestdetails",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="requestdetails",
            name="override",
            field=models.CharField(
                blank=True,
                choices=[
                    ("known_procedure", "A known procedure without risk"),
                    ("risk", "It could interrupt a service"),
                    ("needs_project", "It takes a project"),
                    ("customer_asked", "The customer asked for it"),
                    ("incomplete_rule", "The rules do not cover this case"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="requestdetails",
            name="routes",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="requestdetailsevent",
            name="override",
            field=models.CharField(
                blank=True,
                choices=[
                    ("known_procedure", "A known procedure without risk"),
                    ("risk", "It could interrupt a service"),
                    ("needs_project", "It takes a project"),
                    ("customer_asked", "The customer asked for it"),
                    ("incomplete_rule", "The rules do not cover this case"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="requestdetailsevent",
            name="routes",
            field=models.JSONField(db_default=[], default=list),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requestdetails",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "desk_requestdetailsevent" ("because_en", "because_fr", "customer_id", "fields", "id", "override", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_type_id", "route", "routes", "ticket_id", "values") VALUES (OLD."because_en", OLD."because_fr", OLD."customer_id", OLD."fields", OLD."id", OLD."override", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."request_type_id", OLD."route", OLD."routes", OLD."ticket_id", OLD."values"); RETURN NULL;',
                    hash="45984d45076af6babe04fccc265e01a3511ab4eb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_253a0",
                    table="desk_requestdetails",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requestdetails",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "desk_requestdetailsevent" ("because_en", "because_fr", "customer_id", "fields", "id", "override", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_type_id", "route", "routes", "ticket_id", "values") VALUES (OLD."because_en", OLD."because_fr", OLD."customer_id", OLD."fields", OLD."id", OLD."override", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."request_type_id", OLD."route", OLD."routes", OLD."ticket_id", OLD."values"); RETURN NULL;',
                    hash="87cc4d9643fdf91656f49ee37ef1c753ea5d8d9b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_46623",
                    table="desk_requestdetails",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("state", "asked")),
                    models.Q(
                        models.Q(("state", "asked"), _negated=True), ("decided_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="approval_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("ticket",),
                name="one_approval_asked",
            ),
        ),
    ]
