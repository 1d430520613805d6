from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """What nobody has seen is counted in the index of what stands: an alert that opens goes to one
    index less."""

    dependencies = [("events", "0039_all_named_at_once")]

    operations = [
        migrations.RemoveIndex("alert", "alert_standing"),
        migrations.RemoveIndex("alert", "alert_unseen"),
        migrations.AddIndex(
            "alert",
            models.Index(
                Coalesce("customer", 0),
                Coalesce("service", 0),
                "severity",
                "started_at",
                "id",
                condition=(
                    (Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False))
                    & Q(silence=None, suppressed_by=None, held_until=None)
                ),
                include=["state"],
                name="alert_standing",
            ),
        ),
    ]
