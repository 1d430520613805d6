import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What lists of a million alerts are read by; three indexes go that others begin with, too."""

    atomic = False

    dependencies = [("events", "0022_what_rules_did")]

    operations = [
        AddIndexConcurrently(
            "alert",
            models.Index(
                fields=["customer", "service", "severity", "started_at"],
                condition=(
                    (Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False))
                    & Q(silence__isnull=True)
                ),
                name="alert_lens",
            ),
        ),
        AddIndexConcurrently(
            "alert",
            models.Index(
                fields=["-severity", "-started_at", "-id"],
                condition=Q(state="acknowledged"),
                name="alert_acknowledged",
            ),
        ),
        AddIndexConcurrently(
            "alert",
            models.Index(fields=["-id"], condition=Q(state="cleared"), name="alert_cleared"),
        ),
        AddIndexConcurrently(
            "alert",
            models.Index(
                fields=["integration", "severity", "started_at"],
                condition=Q(state__in=["open", "acknowledged"], qualified_at__isnull=True),
                name="alert_unqualified",
            ),
        ),
        migrations.AlterField(
            "alert",
            "integration",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="events.integration",
            ),
        ),
        migrations.AlterField(
            "alert",
            "item",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="infrastructure.configurationitem",
            ),
        ),
        migrations.AlterField(
            "alert",
            "customer",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="customers.customer",
            ),
        ),
    ]
