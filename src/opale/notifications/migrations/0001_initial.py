import datetime

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Notifications of people, and how each person wants them."""

    initial = True

    dependencies = [
        ("organisation", "0014_wording"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="Kind")),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("at_once", "Immediately"),
                            ("digest", "In the daily digest"),
                            ("inbox", "In Opale only"),
                            ("off", "Never"),
                        ],
                        max_length=10,
                        verbose_name="Email",
                    ),
                ),
                ("push", models.BooleanField(default=False, verbose_name="On my devices")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NotificationChoiceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=60, verbose_name="Kind")),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("at_once", "Immediately"),
                            ("digest", "In the daily digest"),
                            ("inbox", "In Opale only"),
                            ("off", "Never"),
                        ],
                        max_length=10,
                        verbose_name="Email",
                    ),
                ),
                ("push", models.BooleanField(default=False, verbose_name="On my devices")),
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
                        to="notifications.notificationchoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NotificationTimes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest_at",
                    models.TimeField(default=datetime.time(8, 0), verbose_name="Daily digest at"),
                ),
                (
                    "quiet_since",
                    models.TimeField(default=datetime.time(20, 0), verbose_name="Quiet hours from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(7, 0), verbose_name="Until"),
                ),
                ("last_mail_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NotificationTimesEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "digest_at",
                    models.TimeField(default=datetime.time(8, 0), verbose_name="Daily digest at"),
                ),
                (
                    "quiet_since",
                    models.TimeField(default=datetime.time(20, 0), verbose_name="Quiet hours from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(7, 0), verbose_name="Until"),
                ),
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
                        to="notifications.notificationtimes",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="Kind")),
                ("thing", models.CharField(max_length=100)),
                ("url", models.CharField(max_length=300)),
                ("values", models.JSONField(default=dict)),
                ("count", models.PositiveIntegerField(default=1)),
                ("by_name", models.CharField(blank=True, max_length=200, verbose_name="From")),
                ("made_at", models.DateTimeField(verbose_name="Received")),
                ("read_at", models.DateTimeField(null=True, verbose_name="Read")),
                ("mail_due_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.person",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
                "indexes": [
                    models.Index(fields=["person", "-made_at", "-id"], name="notification_inbox"),
                    models.Index(
                        condition=models.Q(("mail_due_at__isnull", False), ("mailed_at", None)),
                        fields=["mail_due_at"],
                        name="notification_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("read_at", None)),
                        fields=("person", "kind", "thing"),
                        name="notification_bundle",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.UniqueConstraint(
                fields=("person", "kind"), name="notification_choice_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationchoice",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "notifications_notificationchoiceevent" ("id", "kind", "pace", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "push") VALUES (OLD."id", OLD."kind", OLD."pace", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."push"); RETURN NULL;',
                    hash="97ca6476315de2a0f3d100fae4e9b5df5eed5930",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a0444",
                    table="notifications_notificationchoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationchoice",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "notifications_notificationchoiceevent" ("id", "kind", "pace", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "push") VALUES (OLD."id", OLD."kind", OLD."pace", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."push"); RETURN NULL;',
                    hash="2664f1a33fa5ac1d8db7de2920c78902efbc3905",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b2704",
                    table="notifications_notificationchoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationchoice",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_notificationchoiceevent" ("id", "kind", "pace", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "push") SELECT new_values."id", new_values."kind", new_values."pace", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."push" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1521115c28e16ff254b72e42e8d93ba60ab07d03",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5d492",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="notifications_notificationchoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationchoiceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d0c9ad956f5b5b0b7b927e368214ca0dfe0248f9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_624a3",
                    table="notifications_notificationchoiceevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationtimes",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."digest_at" IS DISTINCT FROM (NEW."digest_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."quiet_since" IS DISTINCT FROM (NEW."quiet_since") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until"))',
                    func='INSERT INTO "notifications_notificationtimesevent" ("digest_at", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_since", "quiet_until") VALUES (OLD."digest_at", OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."quiet_since", OLD."quiet_until"); RETURN NULL;',
                    hash="1693a41cbcec113ab4ef4d7de63e265d9b0d034b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_49781",
                    table="notifications_notificationtimes",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationtimes",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "notifications_notificationtimesevent" ("digest_at", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_since", "quiet_until") VALUES (OLD."digest_at", OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."quiet_since", OLD."quiet_until"); RETURN NULL;',
                    hash="d3d8636c5a6871e114cc92448670585b29986745",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9006a",
                    table="notifications_notificationtimes",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationtimes",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "notifications_notificationtimesevent" ("digest_at", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_since", "quiet_until") SELECT new_values."digest_at", new_values."id", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', new_values."id", new_values."quiet_since", new_values."quiet_until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="412b1cfd57461d87a1e6c723c0e69fc441cb6230",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0009e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="notifications_notificationtimes",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notificationtimesevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="60aea52eb213265d7056809b8f6c97bdc895cf2e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_70756",
                    table="notifications_notificationtimesevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
