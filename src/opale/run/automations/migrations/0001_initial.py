import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import opale.kernel.clock
from opale.kernel.isolation import isolate
from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0013_offering_options"),
        ("desk", "0065_ticket_fields"),
        ("organisation", "0014_wording"),
    ]

    operations = [
        migrations.CreateModel(
            name="Automation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("received", "A ticket is received"),
                            ("classified", "A ticket is classified, or its priority changes"),
                            ("state", "The state of a ticket changes"),
                            ("owner", "A ticket is assigned to a person"),
                            ("customer_wrote", "The customer writes on a ticket"),
                            ("message_sent", "A message is sent to the customer"),
                            ("escalated", "A ticket is escalated"),
                            ("returned", "An escalation is returned"),
                            ("restored", "The service is restored"),
                            ("breached", "An SLA is breached"),
                            ("time", "Time passes"),
                        ],
                        max_length=20,
                        verbose_name="When",
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("received", "after the ticket was received"),
                            ("state", "after the last change of state"),
                            ("customer_wrote", "after the customer last wrote"),
                            ("message_sent", "after our last message to the customer"),
                            ("due", "before the next SLA is due"),
                        ],
                        max_length=20,
                    ),
                ),
                ("amount", models.PositiveIntegerField(null=True)),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "minutes"), ("hours", "hours"), ("days", "days")],
                        max_length=20,
                    ),
                ),
                ("condition", models.TextField(blank=True, verbose_name="If")),
                ("acts", models.JSONField(default=dict, verbose_name="Then")),
                ("active", models.BooleanField(default=False, verbose_name="Enabled")),
                ("enabled_at", models.DateTimeField(null=True)),
                ("checked_until", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "stopped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It failed five times in a row."),
                            ("condition", "Its condition can no longer be evaluated."),
                        ],
                        max_length=10,
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.person",
                        verbose_name="Author",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="AutomationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("received", "A ticket is received"),
                            ("classified", "A ticket is classified, or its priority changes"),
                            ("state", "The state of a ticket changes"),
                            ("owner", "A ticket is assigned to a person"),
                            ("customer_wrote", "The customer writes on a ticket"),
                            ("message_sent", "A message is sent to the customer"),
                            ("escalated", "A ticket is escalated"),
                            ("returned", "An escalation is returned"),
                            ("restored", "The service is restored"),
                            ("breached", "An SLA is breached"),
                            ("time", "Time passes"),
                        ],
                        max_length=20,
                        verbose_name="When",
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("received", "after the ticket was received"),
                            ("state", "after the last change of state"),
                            ("customer_wrote", "after the customer last wrote"),
                            ("message_sent", "after our last message to the customer"),
                            ("due", "before the next SLA is due"),
                        ],
                        max_length=20,
                    ),
                ),
                ("amount", models.PositiveIntegerField(null=True)),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "minutes"), ("hours", "hours"), ("days", "days")],
                        max_length=20,
                    ),
                ),
                ("condition", models.TextField(blank=True, verbose_name="If")),
                ("acts", models.JSONField(default=dict, verbose_name="Then")),
                ("active", models.BooleanField(default=False, verbose_name="Enabled")),
                ("enabled_at", models.DateTimeField(null=True)),
                (
                    "stopped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It failed five times in a row."),
                            ("condition", "Its condition can no longer be evaluated."),
                        ],
                        max_length=10,
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.person",
                        verbose_name="Author",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="automations.automation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AutomationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occasion", models.CharField(max_length=80)),
                (
                    "chain",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "Done"), ("failed", "Failed"), ("undone", "Undone")],
                        max_length=10,
                    ),
                ),
                ("done", models.JSONField(default=list)),
                ("refusal", models.TextField(blank=True)),
                ("back", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=opale.kernel.clock.now)),
                ("left_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=200)),
                (
                    "automation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="automations.automation",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="automation_runs",
                        to="desk.ticket",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="automation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("name",),
                name="automation_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="automation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__gt", 0),
                        ("trigger", "time"),
                        models.Q(("moment", ""), _negated=True),
                        models.Q(("unit", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("trigger", "time"), _negated=True),
                        ("amount", None),
                        ("moment", ""),
                        ("unit", ""),
                    ),
                    _connector="OR",
                ),
                name="automation_timed_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="automation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("active", False),
                    models.Q(("enabled_at__isnull", False), ("removed_at", None), ("stopped", "")),
                    _connector="OR",
                ),
                name="automation_enabled_is_dated",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="automation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."acts" IS DISTINCT FROM (NEW."acts") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."condition" IS DISTINCT FROM (NEW."condition") OR OLD."enabled_at" IS DISTINCT FROM (NEW."enabled_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."moment" IS DISTINCT FROM (NEW."moment") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."stopped" IS DISTINCT FROM (NEW."stopped") OR OLD."trigger" IS DISTINCT FROM (NEW."trigger") OR OLD."unit" IS DISTINCT FROM (NEW."unit"))',
                    func='INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "enabled_at", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") VALUES (OLD."active", OLD."acts", OLD."amount", OLD."author_id", OLD."condition", OLD."enabled_at", OLD."id", OLD."moment", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."removed_at", OLD."stopped", OLD."trigger", OLD."unit"); RETURN NULL;',
                    hash="776c0ebb37738509e661ec623ce1942567bbe981",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a82ed",
                    table="automations_automation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="automation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "enabled_at", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") VALUES (OLD."active", OLD."acts", OLD."amount", OLD."author_id", OLD."condition", OLD."enabled_at", OLD."id", OLD."moment", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."stopped", OLD."trigger", OLD."unit"); RETURN NULL;',
                    hash="2ac3752eb9c67605c02850e4209a8e4722f81974",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3de7d",
                    table="automations_automation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="automation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "enabled_at", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") SELECT new_values."active", new_values."acts", new_values."amount", new_values."author_id", new_values."condition", new_values."enabled_at", new_values."id", new_values."moment", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."removed_at", new_values."stopped", new_values."trigger", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="317b9ef2a03bdee32e5086197a81ac90c29cffae",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c54bf",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="automations_automation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="automationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="eb8ebed17d9e6a39bca47fe341039fdc8a42b664",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_169fd",
                    table="automations_automationevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="automationrun",
            index=models.Index(fields=["automation", "-id"], name="automation_run_newest"),
        ),
        migrations.AddIndex(
            model_name="automationrun",
            index=models.Index(fields=["ticket", "-at"], name="automation_run_ticket"),
        ),
        migrations.AddIndex(
            model_name="automationrun",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["facts"], name="automation_run_facts"
            ),
        ),
        migrations.AddConstraint(
            model_name="automationrun",
            constraint=models.UniqueConstraint(
                fields=("automation", "ticket", "occasion"), name="automation_runs_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="automationrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                    models.Q(models.Q(("state", "undone"), _negated=True), ("undone_at", None)),
                    _connector="OR",
                ),
                name="automation_undone_is_dated",
            ),
        ),
        isolate("automations_automationrun", readable=False),
        watch("automations_automation", "active", "trigger"),
    ]
