import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

KEEP = "REVOKE UPDATE, DELETE, TRUNCATE ON events_alertchange, events_alertnote FROM opale_app"
LET_GO = "GRANT UPDATE, DELETE ON events_alertchange, events_alertnote TO opale_app"


class Migration(migrations.Migration):
    """Shelves, owners, notes and what else changes of an alert; how often it opened of late."""

    dependencies = [
        ("customers", "0011_services_remembered"),
        ("events", "0010_reading"),
        ("infrastructure", "0006_letters"),
        ("organisation", "0006_reference_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="events.alert",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("severity", "Severity"),
                            ("owner", "Owner"),
                            ("shelved", "Snoozed"),
                            ("qualified", "Incident opened by rule"),
                            ("flapping", "Flapping"),
                            ("steady", "Stable"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=100)),
                ("target", models.CharField(blank=True, max_length=100)),
                ("until", models.DateTimeField(null=True)),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["alert", "-at"], name="alert_change_newest")]
            },
        ),
        migrations.CreateModel(
            name="AlertNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="events.alert",
                    ),
                ),
                ("text", models.TextField()),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={"indexes": [models.Index(fields=["alert", "-at"], name="alert_note_newest")]},
        ),
        migrations.RemoveIndex(
            model_name="alert",
            name="alert_board",
        ),
        migrations.AddField(
            model_name="alert",
            name="flapping_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="openings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="owned_alerts",
                to="organisation.person",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="peak_severity",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Clear"),
                    (1, "Information"),
                    (2, "Warning"),
                    (3, "Minor"),
                    (4, "Major"),
                    (5, "Critical"),
                ],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="shelved_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="alert",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("acknowledged", "Acknowledged"),
                    ("shelved", "Snoozed"),
                    ("cleared", "Cleared"),
                    ("closed", "Closed"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["open", "acknowledged"]),
                    ("flapping_since__isnull", False),
                    _connector="OR",
                ),
                fields=["-severity", "-started_at", "-id"],
                name="alert_board",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "shelved")),
                fields=["shelved_until"],
                name="alert_shelved",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("flapping_since__isnull", False)),
                fields=["flapping_since"],
                name="alert_flapping",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)),
                fields=["owner", "-id"],
                name="alert_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["shelved", "closed"]),
                    ("shelved_until__isnull", True),
                    _connector="OR",
                ),
                name="alert_end_of_shelf",
            ),
        ),
        migrations.RunSQL(sql=KEEP, reverse_sql=LET_GO),
    ]
