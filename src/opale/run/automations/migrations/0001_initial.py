import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
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
                        verbose_name="Counted from",
                    ),
                ),
                ("amount", models.PositiveIntegerField(null=True, verbose_name="Delay")),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "minutes"), ("hours", "hours"), ("days", "days")],
                        max_length=20,
                        verbose_name="Unit",
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
                        verbose_name="Disabled by Opale",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="Deleted")),
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
                        verbose_name="Counted from",
                    ),
                ),
                ("amount", models.PositiveIntegerField(null=True, verbose_name="Delay")),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "minutes"), ("hours", "hours"), ("days", "days")],
                        max_length=20,
                        verbose_name="Unit",
                    ),
                ),
                ("condition", models.TextField(blank=True, verbose_name="If")),
                ("acts", models.JSONField(default=dict, verbose_name="Then")),
                ("active", models.BooleanField(default=False, verbose_name="Enabled")),
                (
                    "stopped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It failed five times in a row."),
                            ("condition", "Its condition can no longer be evaluated."),
                        ],
                        max_length=10,
                        verbose_name="Disabled by Opale",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="Deleted")),
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
        migrations.CreateModel(
            name="RecurringTicket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("working_days", "Every working day"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every quarter"),
                            ("yearly", "Every year"),
                        ],
                        max_length=20,
                        verbose_name="Repeats",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        null=True,
                        verbose_name="Day of the week",
                    ),
                ),
                (
                    "day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="Day of the month",
                    ),
                ),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "January"),
                            (2, "February"),
                            (3, "March"),
                            (4, "April"),
                            (5, "May"),
                            (6, "June"),
                            (7, "July"),
                            (8, "August"),
                            (9, "September"),
                            (10, "October"),
                            (11, "November"),
                            (12, "December"),
                        ],
                        null=True,
                        verbose_name="Month",
                    ),
                ),
                ("at", models.TimeField(verbose_name="Time")),
                (
                    "closed_day",
                    models.CharField(
                        choices=[
                            ("same", "Open the ticket all the same"),
                            ("next", "Open it on the next working day"),
                            ("skip", "Open no ticket"),
                        ],
                        default="same",
                        max_length=10,
                        verbose_name="On a closed day",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("request", "Request"), ("incident", "Incident")],
                        default="request",
                        max_length=10,
                        verbose_name="Ticket type",
                    ),
                ),
                ("subject", models.CharField(max_length=300, verbose_name="Subject")),
                ("body", models.TextField(blank=True, verbose_name="Description")),
                (
                    "stream",
                    models.CharField(
                        blank=True,
                        choices=[("corporate", "Corporate"), ("solution", "Solution")],
                        max_length=10,
                        verbose_name="Stream",
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "High"), (2, "Medium"), (3, "Low")],
                        default=3,
                        verbose_name="Impact",
                    ),
                ),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "High"), (2, "Medium"), (3, "Low")],
                        default=3,
                        verbose_name="Urgency",
                    ),
                ),
                ("active", models.BooleanField(default=False, verbose_name="Enabled")),
                ("next_at", models.DateTimeField(null=True)),
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
                        verbose_name="Disabled by Opale",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="Deleted")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.person",
                        verbose_name="Author",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.workingcalendar",
                        verbose_name="Calendar",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.service",
                        verbose_name="Service",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="RecurringTicketEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("working_days", "Every working day"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every quarter"),
                            ("yearly", "Every year"),
                        ],
                        max_length=20,
                        verbose_name="Repeats",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        null=True,
                        verbose_name="Day of the week",
                    ),
                ),
                (
                    "day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="Day of the month",
                    ),
                ),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "January"),
                            (2, "February"),
                            (3, "March"),
                            (4, "April"),
                            (5, "May"),
                            (6, "June"),
                            (7, "July"),
                            (8, "August"),
                            (9, "September"),
                            (10, "October"),
                            (11, "November"),
                            (12, "December"),
                        ],
                        null=True,
                        verbose_name="Month",
                    ),
                ),
                ("at", models.TimeField(verbose_name="Time")),
                (
                    "closed_day",
                    models.CharField(
                        choices=[
                            ("same", "Open the ticket all the same"),
                            ("next", "Open it on the next working day"),
                            ("skip", "Open no ticket"),
                        ],
                        default="same",
                        max_length=10,
                        verbose_name="On a closed day",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("request", "Request"), ("incident", "Incident")],
                        default="request",
                        max_length=10,
                        verbose_name="Ticket type",
                    ),
                ),
                ("subject", models.CharField(max_length=300, verbose_name="Subject")),
                ("body", models.TextField(blank=True, verbose_name="Description")),
                (
                    "stream",
                    models.CharField(
                        blank=True,
                        choices=[("corporate", "Corporate"), ("solution", "Solution")],
                        max_length=10,
                        verbose_name="Stream",
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "High"), (2, "Medium"), (3, "Low")],
                        default=3,
                        verbose_name="Impact",
                    ),
                ),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "High"), (2, "Medium"), (3, "Low")],
                        default=3,
                        verbose_name="Urgency",
                    ),
                ),
                ("active", models.BooleanField(default=False, verbose_name="Enabled")),
                (
                    "stopped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It failed five times in a row."),
                            ("condition", "Its condition can no longer be evaluated."),
                        ],
                        max_length=10,
                        verbose_name="Disabled by Opale",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="Deleted")),
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
                    "calendar",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.workingcalendar",
                        verbose_name="Calendar",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="automations.recurringticket",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.service",
                        verbose_name="Service",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecurringTicketRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("refusal", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=opale.kernel.clock.now)),
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
                    "recurring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="automations.recurringticket",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_runs",
                        to="desk.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
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
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."acts" IS DISTINCT FROM (NEW."acts") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."condition" IS DISTINCT FROM (NEW."condition") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."moment" IS DISTINCT FROM (NEW."moment") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."stopped" IS DISTINCT FROM (NEW."stopped") OR OLD."trigger" IS DISTINCT FROM (NEW."trigger") OR OLD."unit" IS DISTINCT FROM (NEW."unit"))',
                    func='INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") VALUES (OLD."active", OLD."acts", OLD."amount", OLD."author_id", OLD."condition", OLD."id", OLD."moment", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."removed_at", OLD."stopped", OLD."trigger", OLD."unit"); RETURN NULL;',
                    hash="dd4b2e73703a6053581d1b311eb8497746165673",
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
                    func='INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") VALUES (OLD."active", OLD."acts", OLD."amount", OLD."author_id", OLD."condition", OLD."id", OLD."moment", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."stopped", OLD."trigger", OLD."unit"); RETURN NULL;',
                    hash="4459cbaad39d60c1c2ccbeb8e1dff2e2ef69c374",
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
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "automations_automationevent" ("active", "acts", "amount", "author_id", "condition", "id", "moment", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "stopped", "trigger", "unit") SELECT new_values."active", new_values."acts", new_values."amount", new_values."author_id", new_values."condition", new_values."id", new_values."moment", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."removed_at", new_values."stopped", new_values."trigger", new_values."unit" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3962b93b19ca137ae23ff8e66b4c87f6281cebf3",
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
        migrations.AddIndex(
            model_name="recurringticket",
            index=models.Index(
                condition=models.Q(("active", True)),
                fields=["next_at"],
                name="recurring_ticket_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringticket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("name",),
                name="recurring_ticket_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("active", False),
                    models.Q(("removed_at", None), ("stopped", "")),
                    _connector="OR",
                ),
                name="recurring_ticket_enabled_is_there",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recurringticket",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."calendar_id" IS DISTINCT FROM (NEW."calendar_id") OR OLD."closed_day" IS DISTINCT FROM (NEW."closed_day") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."impact" IS DISTINCT FROM (NEW."impact") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."month" IS DISTINCT FROM (NEW."month") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."rhythm" IS DISTINCT FROM (NEW."rhythm") OR OLD."service_id" IS DISTINCT FROM (NEW."service_id") OR OLD."stopped" IS DISTINCT FROM (NEW."stopped") OR OLD."stream" IS DISTINCT FROM (NEW."stream") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency") OR OLD."weekday" IS DISTINCT FROM (NEW."weekday"))',
                    func='INSERT INTO "automations_recurringticketevent" ("active", "at", "author_id", "body", "calendar_id", "closed_day", "customer_id", "day", "id", "impact", "kind", "month", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "rhythm", "service_id", "stopped", "stream", "subject", "urgency", "weekday") VALUES (OLD."active", OLD."at", OLD."author_id", OLD."body", OLD."calendar_id", OLD."closed_day", OLD."customer_id", OLD."day", OLD."id", OLD."impact", OLD."kind", OLD."month", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."removed_at", OLD."rhythm", OLD."service_id", OLD."stopped", OLD."stream", OLD."subject", OLD."urgency", OLD."weekday"); RETURN NULL;',
                    hash="3a07aadc1bf3c945997b1077c145e862aba426dd",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2a833",
                    table="automations_recurringticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recurringticket",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "automations_recurringticketevent" ("active", "at", "author_id", "body", "calendar_id", "closed_day", "customer_id", "day", "id", "impact", "kind", "month", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "rhythm", "service_id", "stopped", "stream", "subject", "urgency", "weekday") VALUES (OLD."active", OLD."at", OLD."author_id", OLD."body", OLD."calendar_id", OLD."closed_day", OLD."customer_id", OLD."day", OLD."id", OLD."impact", OLD."kind", OLD."month", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."rhythm", OLD."service_id", OLD."stopped", OLD."stream", OLD."subject", OLD."urgency", OLD."weekday"); RETURN NULL;',
                    hash="702fbf1405465a97c071619fdedae2fa448abd5b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_72f81",
                    table="automations_recurringticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recurringticket",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "automations_recurringticketevent" ("active", "at", "author_id", "body", "calendar_id", "closed_day", "customer_id", "day", "id", "impact", "kind", "month", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "rhythm", "service_id", "stopped", "stream", "subject", "urgency", "weekday") SELECT new_values."active", new_values."at", new_values."author_id", new_values."body", new_values."calendar_id", new_values."closed_day", new_values."customer_id", new_values."day", new_values."id", new_values."impact", new_values."kind", new_values."month", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."removed_at", new_values."rhythm", new_values."service_id", new_values."stopped", new_values."stream", new_values."subject", new_values."urgency", new_values."weekday" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e9a5f8b1e5f1e7ed4ce2475b0f9a60fed5e4c127",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e9025",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="automations_recurringticket",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recurringticketevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3c615e9586da958ad6616158b6efc28a4154ad6b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f41f0",
                    table="automations_recurringticketevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringticketrun",
            constraint=models.UniqueConstraint(
                fields=("recurring", "due_at"), name="recurring_ticket_runs_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringticketrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ticket", None), models.Q(("refusal", ""), _negated=True)),
                    models.Q(("refusal", ""), ("ticket__isnull", False)),
                    _connector="OR",
                ),
                name="recurring_ticket_run_has_outcome",
            ),
        ),
        isolate("automations_automationrun", readable=False),
        isolate("automations_recurringticket", readable=False),
        isolate("automations_recurringticketevent", readable=False),
        isolate("automations_recurringticketrun", readable=False),
        watch("automations_automation", "active", "trigger"),
    ]
