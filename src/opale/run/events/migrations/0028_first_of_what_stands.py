from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """Since when something of a kind stands is found at one place of an index."""

    atomic = False

    dependencies = [("events", "0027_standing_counts")]

    operations = [
        AddIndexConcurrently(
            "alert",
            models.Index(
                Coalesce("customer", 0),
                Coalesce("service", 0),
                "severity",
                "started_at",
                condition=(
                    (Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False))
                    & Q(silence=None, suppressed_by=None, held_until=None)
                ),
                name="alert_standing",
            ),
        ),
        RemoveIndexConcurrently("alert", "alert_lens"),
    ]
