import datetime

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import opale.kernel.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0015_figures_by_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
            ],
            options={
                "ordering": ("person__name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ScheduledReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("report", models.CharField(max_length=60, verbose_name="Report")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="Filters")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                        ],
                        max_length=10,
                        verbose_name="Frequency",
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(default=0, verbose_name="Weekday")),
                (
                    "day",
                    models.PositiveSmallIntegerField(default=1, verbose_name="Day of the month"),
                ),
                ("at", models.TimeField(default=datetime.time(7, 0), verbose_name="Time")),
                ("to_owner", models.BooleanField(default=True, verbose_name="Send it to me")),
                ("next_at", models.DateTimeField(verbose_name="Next sending")),
                ("paused_at", models.DateTimeField(null=True, verbose_name="Paused")),
                ("deleted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=opale.kernel.clock.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.team",
                        verbose_name="Team",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ReportRecipientEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="scheduled_reports.reportrecipient",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduled_reports.scheduledreport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="reportrecipient",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recipients",
                to="scheduled_reports.scheduledreport",
            ),
        ),
        migrations.CreateModel(
            name="ScheduledReportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("report", models.CharField(max_length=60, verbose_name="Report")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="Filters")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                        ],
                        max_length=10,
                        verbose_name="Frequency",
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(default=0, verbose_name="Weekday")),
                (
                    "day",
                    models.PositiveSmallIntegerField(default=1, verbose_name="Day of the month"),
                ),
                ("at", models.TimeField(default=datetime.time(7, 0), verbose_name="Time")),
                ("to_owner", models.BooleanField(default=True, verbose_name="Send it to me")),
                ("paused_at", models.DateTimeField(null=True, verbose_name="Paused")),
                ("deleted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=opale.kernel.clock.now)),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="scheduled_reports.scheduledreport",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.team",
                        verbose_name="Team",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="Due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("refused", "No access"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True, verbose_name="Error")),
                ("figures", models.JSONField(default=dict)),
                ("mail_id", models.BigIntegerField(null=True)),
                ("done_at", models.DateTimeField(null=True, verbose_name="Sent")),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sendings",
                        to="scheduled_reports.scheduledreport",
                    ),
                ),
            ],
            options={
                "ordering": ("-due_at", "-id"),
            },
        ),
        migrations.AddIndex(
            model_name="scheduledreport",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("paused_at", None)),
                fields=["next_at"],
                name="scheduled_report_due",
            ),
        ),
        migrations.AddIndex(
            model_name="scheduledreport",
            index=models.Index(fields=["owner", "name", "id"], name="scheduled_report_own"),
        ),
        migrations.AddConstraint(
            model_name="scheduledreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("day__gte", 1), ("day__lte", 31), ("weekday__lte", 6)),
                name="scheduled_on_a_day",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheduledreport",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."frequency" IS DISTINCT FROM (NEW."frequency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."paused_at" IS DISTINCT FROM (NEW."paused_at") OR OLD."query" IS DISTINCT FROM (NEW."query") OR OLD."report" IS DISTINCT FROM (NEW."report") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."to_owner" IS DISTINCT FROM (NEW."to_owner") OR OLD."weekday" IS DISTINCT FROM (NEW."weekday"))',
                    func='INSERT INTO "scheduled_reports_scheduledreportevent" ("at", "created_at", "day", "deleted_at", "frequency", "id", "name", "owner_id", "paused_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "query", "report", "team_id", "to_owner", "weekday") VALUES (OLD."at", OLD."created_at", OLD."day", OLD."deleted_at", OLD."frequency", OLD."id", OLD."name", OLD."owner_id", OLD."paused_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."query", OLD."report", OLD."team_id", OLD."to_owner", OLD."weekday"); RETURN NULL;',
                    hash="6ed4955338edb67f3de2a76bfdd70ddbfbe8862e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1f9df",
                    table="scheduled_reports_scheduledreport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheduledreport",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduled_reports_scheduledreportevent" ("at", "created_at", "day", "deleted_at", "frequency", "id", "name", "owner_id", "paused_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "query", "report", "team_id", "to_owner", "weekday") VALUES (OLD."at", OLD."created_at", OLD."day", OLD."deleted_at", OLD."frequency", OLD."id", OLD."name", OLD."owner_id", OLD."paused_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."query", OLD."report", OLD."team_id", OLD."to_owner", OLD."weekday"); RETURN NULL;',
                    hash="1ff08b71aab878beb749253767ca4a62927bda3e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_adb04",
                    table="scheduled_reports_scheduledreport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheduledreport",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "scheduled_reports_scheduledreportevent" ("at", "created_at", "day", "deleted_at", "frequency", "id", "name", "owner_id", "paused_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "query", "report", "team_id", "to_owner", "weekday") SELECT new_values."at", new_values."created_at", new_values."day", new_values."deleted_at", new_values."frequency", new_values."id", new_values."name", new_values."owner_id", new_values."paused_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."query", new_values."report", new_values."team_id", new_values."to_owner", new_values."weekday" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="756182c8c7861ebea96296b67f0eb6abcd4d9620",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4fd06",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="scheduled_reports_scheduledreport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportrecipientevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e4bb4784456c0afddbc408c9c9f675d99a642a19",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_cb5e6",
                    table="scheduled_reports_reportrecipientevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrecipient",
            constraint=models.UniqueConstraint(
                fields=("report", "person"), name="scheduled_recipient_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportrecipient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduled_reports_reportrecipientevent" ("id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id") VALUES (OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."report_id"); RETURN NULL;',
                    hash="c9cb4a428d48d770213c3f5755f9e160a3242e5a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d99bf",
                    table="scheduled_reports_reportrecipient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportrecipient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduled_reports_reportrecipientevent" ("id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id") VALUES (OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."report_id"); RETURN NULL;',
                    hash="bc9e06a76c7ae054baea2d148f2059b7f7b8b2ce",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fdbb6",
                    table="scheduled_reports_reportrecipient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportrecipient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "scheduled_reports_reportrecipientevent" ("id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id") SELECT new_values."id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."report_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6ad70ee7b2626d9c26117bf7e5f96024b7c9cb75",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_34f2f",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="scheduled_reports_reportrecipient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheduledreportevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7e4741161f477bb7689def6df4af70f11cbe206a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ff4db",
                    table="scheduled_reports_scheduledreportevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["id"],
                name="scheduled_sending_waits",
            ),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(fields=["due_at"], name="scheduled_sending_age"),
        ),
        migrations.AddConstraint(
            model_name="sending",
            constraint=models.UniqueConstraint(
                fields=("report", "due_at", "reader"), name="scheduled_sending_once"
            ),
        ),
    ]
